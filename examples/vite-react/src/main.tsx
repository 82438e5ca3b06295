import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionProvider } from "hallpass/react";
import { App } from "./App";
import "./style.css";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <SessionProvider>
      <App />
    </SessionProvider>
  </StrictMode>,
);
