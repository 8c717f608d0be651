// What every test in the browser uses: checks that are counted, pages that collect complaints, axe
// and a picture of each page, keys by their place on an English or Arabic keyboard.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export const OUT = fileURLToPath(new URL("out/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const WORDS = {
  en: { direction: "ltr", queues: "Queues", refused: "is wrong", missing: "Give a reason" },
  ar: { direction: "rtl", queues: "قوائم الانتظار", refused: "غير صحيح", missing: "اذكر السبب" },
};
/** What the keys of an Arabic keyboard give, by the place of the key. */
const ARABIC_KEYS = {
  KeyN: "ى", KeyP: "ح", KeyR: "ق", KeyU: "ع", KeyB: "لا", KeyC: "ؤ", KeyL: "م", KeyJ: "ت",
  KeyK: "ن", KeyQ: "ض", Digit8: "٨", Digit6: "٦",
};

export const counts = { passed: 0, failed: 0 };

export function check(what, holds, detail = "") {
  if (holds) counts.passed += 1;
  else counts.failed += 1;
  if (!holds || process.env.VERBOSE) console.log(`${holds ? "ok  " : "FAIL"} ${what} ${detail}`);
}

export async function until(what, holds, seconds = 15) {
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end) {
    // A page that is just being shown anew answers nothing; it is asked again.
    if (await holds().catch(() => false)) return check(what, true);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  check(what, false, `not within ${seconds} s`);
}

/** Opens a page that collects everything a browser complains about. */
export async function open(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  if (options.javaScriptEnabled !== false) await page.addInitScript(tellViolations);
  page.on("console", (message) => {
    const text = message.text();
    // The browser also tells of the answers that a check asked for: 403, 404 and 422.
    if (message.type() === "error" && !/status of (403|404|422)/.test(text)) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** What the page's content policy kept from happening, as the browser tells it. */
function tellViolations() {
  addEventListener("securitypolicyviolation", (event) => {
    console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/** Runs axe and takes a picture. */
export async function look(page, language, name) {
  // A page that has just come may have no fonts yet; its words would be missing in the picture.
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(resolve)))));
  await page.screenshot({ path: `${OUT}${language}-${name}.png`, fullPage: true });
  const frame = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    title: document.title,
  }));
  check(`${language} ${name}: language`, frame.lang === language, frame.lang);
  check(`${language} ${name}: direction`, frame.dir === WORDS[language].direction, frame.dir);
  check(`${language} ${name}: nothing beside the page`, frame.wide <= 0, `${frame.wide} px`);
  check(`${language} ${name}: no script of an item ran`, frame.title !== "taken");
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  const told = found.violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`,
  );
  check(`${language} ${name}: axe`, told.length === 0, told.join("; "));
}

/** Clicks what leads to another page, and waits until it is there. */
export async function follow(page, selector, address) {
  await page.locator(selector).first().click();
  await page.waitForURL(address);
}

/** Presses a key by its place, as an Arabic keyboard does where the language is Arabic. */
export async function press(page, language, code) {
  const key = ARABIC_KEYS[code];
  if (language !== "ar" || key === undefined) return page.keyboard.press(code);
  const client = await page.context().newCDPSession(page);
  await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key, code });
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code });
  await client.detach();
}

/** Presses a key that leads to another page. */
export async function go(page, language, code) {
  await Promise.all([page.waitForNavigation(), press(page, language, code)]);
}
