import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { SessionProvider } from "hallpass/react";
import { Follow } from "./follow";
import { Header } from "./header";
import { currentSession } from "./session";
import "./style.css";

export const metadata: Metadata = { title: "hallpass with Next.js" };
export const viewport: Viewport = { colorScheme: "light dark" };

export default async function Layout({ children }: { children: ReactNode }) {
  const session = await currentSession();
  return (
    <html lang="en">
      <body>
        <SessionProvider session={session}>
          <Follow rendered={session} />
          <Header />
          <main>{children}</main>
        </SessionProvider>
      </body>
    </html>
  );
}
