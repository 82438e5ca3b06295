import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Everything below /api/auth goes to hallpass. The `Host` header stays, so that both are one site to the browser, and
// the session's cookie is the app's own.
const proxy = {
  "/api/auth": { target: process.env.HALLPASS_URL_INTERNAL ?? "http://127.0.0.1:4000", changeOrigin: false },
};

export default defineConfig({
  plugins: [react()],
  // hallpass is linked in from this repository, where its tests have a React of their own.
  resolve: { dedupe: ["react"] },
  server: { proxy },
  preview: {
    proxy,
    // What a production web server should send too. hallpass needs no exception from it.
    headers: { "Content-Security-Policy": "default-src 'self'" },
  },
  // Small files stay files: as data: addresses the policy would not allow them.
  build: { assetsInlineLimit: 0 },
});
