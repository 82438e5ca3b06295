import { Provider } from "hallpass/client";
import Head from "next/head";
import Layout from "../components/Layout";
import "../styles/app.css";

const OPTIONS = {
  clientMaxAge: 60, // Re-fetch session if cache is older than 60 seconds
  keepAlive: 5 * 60, // Send keepAlive message every 5 minutes
};

export default function App({ Component, pageProps }) {
  return (
    <Provider session={pageProps.session} options={pageProps.options ?? OPTIONS}>
      <Head>
        <title>hallpass with Next.js</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </Head>
      <Layout>
        <Component {...pageProps} />
      </Layout>
    </Provider>
  );
}
