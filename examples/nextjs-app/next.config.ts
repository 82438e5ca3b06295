import { join } from "node:path";
import type { NextConfig } from "next";

// From .env, unless the environment says otherwise.
const hallpass = process.env.HALLPASS_URL_INTERNAL;

const config: NextConfig = {
  // Everything below /api/auth goes to hallpass, so that both are one site to the browser.
  rewrites: async () => [{ source: "/api/auth/:path*", destination: `${hallpass}/api/auth/:path*` }],
  poweredByHeader: false,
  // The package is linked in from this repository; an app that has it from the registry needs no root.
  turbopack: { root: join(__dirname, "../..") },
};

export default config;
