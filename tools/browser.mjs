// Opens a local page in Chromium, waits until it sets `window.done`, prints `window.result` as JSON, and takes a picture.
// node browser.mjs MODULES CHROMIUM PAGE [PICTURE WIDTH]; MODULES is a folder with playwright-core in its node_modules.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, executablePath, page, picture, width] = process.argv.slice(2);
const { chromium } = createRequire(modules + "/")("playwright-core");
const args = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await chromium.launch({ executablePath, args: args.split(" ") });
try {
  const tab = await browser.newPage({ viewport: { width: Number(width || 1000), height: 700 } });
  const complaints = [];
  tab.on("pageerror", (error) => complaints.push(String(error)));
  await tab.route(/^https?:/, (route) => route.abort());
  await tab.goto(pathToFileURL(page).href);
  await tab.waitForFunction("window.done", undefined, { timeout: 300_000 });
  if (picture) await tab.screenshot({ path: picture, fullPage: true });
  console.log(JSON.stringify({ result: await tab.evaluate("window.result"), complaints }));
} finally {
  await browser.close();
}
