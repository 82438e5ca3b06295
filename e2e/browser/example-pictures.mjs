// Takes the pictures of examples/nextjs for the book: `node browser/example-pictures.mjs FOLDER`.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openExample } from "../apps/example.mjs";
import { launch } from "./stage.mjs";

const DESK = { width: 800, height: 560 };

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("say which folder the pictures go into");

const example = await openExample("nextjs", { mail: true, oidc: true });
try {
  // The letters are the same on every machine.
  await example.browser.close();
  example.browser = await launch({ FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)) });
  await example.addAda();
  // Dates are shown in the reader's language.
  const reader = { viewport: DESK, locale: "en-GB", timezoneId: "UTC" };
  const take = async (context, path, name) => {
    const page = await context.newPage();
    await page.goto(example.origin + path, { waitUntil: "networkidle" });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" });
    await context.close();
  };
  await take(await example.context(reader), "/signin?callbackUrl=/members", "nextjs-sign-in");
  await take(await example.contextOfAda(reader), "/members", "nextjs-signed-in");
} finally {
  await example.close();
}
