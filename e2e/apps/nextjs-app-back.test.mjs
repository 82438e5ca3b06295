import { testBack } from "./back.mjs";

testBack("nextjs-app", { kept: false });
