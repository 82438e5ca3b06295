// One page with the unmodified next-auth client. Tests call `window.nextAuth`; the page shows what `useSession` says.
import { createRoot } from "react-dom/client";
import * as nextAuth from "next-auth/react";

window.nextAuth = nextAuth;
window.seen = [];

function Who() {
  const { data, status, update } = nextAuth.useSession();
  window.update = update;
  window.seen.push(status);
  return (
    <main>
      <p id="status">{status}</p>
      <pre id="session">{JSON.stringify(data ?? null)}</pre>
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <nextAuth.SessionProvider>
    <Who />
  </nextAuth.SessionProvider>,
);
