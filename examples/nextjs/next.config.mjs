import { join } from "node:path";

/** Where hallpass listens. Next.js writes it into the build. */
const hallpass = process.env.HALLPASS_URL_INTERNAL ?? "http://127.0.0.1:4000";

export default {
  reactStrictMode: true,

  // Pages ask below /api/auth of this site, and hallpass answers.
  async rewrites() {
    return [
      { source: "/api/auth/:path*", destination: `${hallpass}/api/auth/:path*` },
      // The mail that is not sent while you develop.
      { source: "/mailbox/:path*", destination: `${hallpass}/mailbox/:path*` },
      { source: "/demo.css", destination: `${hallpass}/demo.css` },
    ];
  },

  // Here `hallpass` is a link to its folder in this repository, which lies outside of the app and has a React of its own
  // for its tests. An app that has the package installed needs none of this.
  turbopack: {
    root: join(import.meta.dirname, "../.."),
    resolveAlias: { react: "./node_modules/react" },
  },
};
