import { testBack } from "./back.mjs";

testBack("vite-react", { kept: true });
