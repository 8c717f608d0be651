// Drives the console in Chromium against the real server: by keyboard alone, without script, in
// both languages, with axe on every page. Prints a line a check, and `N passed, N failed`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startDesk, totp } from "./desk.mjs";
import { items } from "./items.mjs";
import { startService } from "./service.mjs";

const OUT = fileURLToPath(new URL("out/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WORDS = {
  en: { direction: "ltr", queues: "Queues", refused: "is wrong", missing: "Give a reason" },
  ar: { direction: "rtl", queues: "قوائم الانتظار", refused: "غير صحيح", missing: "اذكر السبب" },
};
/** What the keys of an Arabic keyboard give, by the place of the key. */
const ARABIC_KEYS = {
  KeyN: "ى", KeyP: "ح", KeyR: "ق", KeyU: "ع", KeyB: "لا", KeyC: "ؤ", KeyL: "م", KeyJ: "ت",
  KeyK: "ن", KeyQ: "ض", Digit8: "٨", Digit6: "٦",
};

const counts = { passed: 0, failed: 0 };

function check(what, holds, detail = "") {
  if (holds) counts.passed += 1;
  else counts.failed += 1;
  if (!holds || process.env.VERBOSE) console.log(`${holds ? "ok  " : "FAIL"} ${what} ${detail}`);
}

async function until(what, holds, seconds = 15) {
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end) {
    if (await holds()) return check(what, true);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  check(what, false, `not within ${seconds} s`);
}

/** Opens a page that collects everything a browser complains about. */
async function open(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    const text = message.text();
    // The browser also tells of the answers that a check asked for: 403, 404 and 422.
    if (message.type() === "error" && !/status of (403|404|422)/.test(text)) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { context, page, complaints };
}

/** Runs axe and takes a picture. */
async function look(page, language, name) {
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
async function follow(page, selector, address) {
  await page.locator(selector).first().click();
  await page.waitForURL(address);
}

/** Presses a key by its place, as an Arabic keyboard does where the language is Arabic. */
async function press(page, language, code) {
  const key = ARABIC_KEYS[code];
  if (language !== "ar" || key === undefined) return page.keyboard.press(code);
  const client = await page.context().newCDPSession(page);
  await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key, code });
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, code });
  await client.detach();
}

/** Presses a key that leads to another page. */
async function go(page, language, code) {
  await Promise.all([page.waitForNavigation(), press(page, language, code)]);
}

async function signIn(page, desk, language, person) {
  await page.goto(`${desk.base}/?lang=${language}`);
  check(`${language} sign-in: asked for`, page.url().includes("/sign-in"), page.url());
  await page.keyboard.type(person.login);
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password at all");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  const problem = await page.locator("[role=alert]").innerText();
  check(`${language} sign-in: refused in words`, problem.includes(WORDS[language].refused));
  await look(page, language, "sign-in");
  // As a person would, with a fresh code once more where the first is refused.
  for (let attempt = 1; attempt <= 2 && !page.url().endsWith("/queues"); attempt += 1) {
    await page.locator("#login").fill(person.login);
    await page.locator("#password").fill("correct horse battery");
    await page.locator("#code").fill(totp(person.authenticator));
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    if (!page.url().endsWith("/queues")) {
      console.log(`refused: ${await page.locator("[role=alert]").innerText()}`);
      await page.waitForTimeout(31_000);
    }
  }
  check(`${language} sign-in: at the queues`, page.url().endsWith("/queues"), page.url());
}

/** How many actions of the case the page shows as delivered. */
function delivered(page) {
  return page.locator("#deliveries .chip.delivered").count();
}

/** Takes, decides and undoes a case; nothing but the keyboard is touched. */
async function byKeyboard(page, language, service) {
  await look(page, language, "queues");
  await go(page, language, "KeyN");
  check(`${language} keyboard: at a case`, page.url().includes("/cases/case_"), page.url());
  const subject = await page.locator("h1 bdi").innerText();
  const earlier = await delivered(page);
  await press(page, language, "KeyB");
  await page.waitForTimeout(300);
  await look(page, language, "case-claimed");
  await go(page, language, "Control+Enter");
  check(`${language} keyboard: nothing is decided unsaid`, page.url().endsWith("/decide"));
  await press(page, language, "Digit8");
  check(
    `${language} keyboard: the row is chosen`,
    await page.locator("input[value=remove]").isChecked(),
  );
  await press(page, language, "KeyP");
  await page.keyboard.press("ArrowDown");
  check(`${language} keyboard: purpose`, (await page.locator("#purpose").inputValue()) === "none");
  await page.keyboard.press("Escape");
  await go(page, language, "KeyD");
  const problem = await page.locator("[role=alert]").innerText();
  check(`${language} keyboard: the desk's refusal`, problem.includes(WORDS[language].missing));
  check(
    `${language} keyboard: what was filled in is kept`,
    (await page.locator("input[value=remove]").isChecked()) &&
      (await page.locator("#purpose").inputValue()) === "none",
  );
  check(
    `${language} keyboard: the refusal has the focus`,
    await page.evaluate(() => document.activeElement?.id === "problem"),
  );
  await look(page, language, "case-refused");
  await press(page, language, "KeyR");
  await page.keyboard.type("Recruits for the Ashen Front; n, 8 and d are letters here.");
  const before = service.received.length;
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+Enter")]);
  check(`${language} keyboard: decided`, page.url().includes("done=decided"), page.url());
  await until(`${language} keyboard: the page shows the delivery`, async () =>
    (await delivered(page)) === earlier + 1);
  await look(page, language, "case-decided");
  await press(page, language, "KeyU");
  await page.keyboard.type("Looked at again: it is a report.");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+Enter")]);
  check(`${language} keyboard: undone`, page.url().includes("done=undone"), page.url());
  await until(`${language} keyboard: the page shows the restoration`, async () =>
    (await delivered(page)) === earlier + 2);
  await look(page, language, "case-undone");
  const got = service.received.slice(before).map((one) => one.action);
  check(`${language} keyboard: the service got two actions`, got.length === 2, `${got.length}`);
  check(`${language} keyboard: a removal of the item`,
    got[0]?.kind === "remove" && got[0]?.target.item === subject, JSON.stringify(got[0]));
  check(`${language} keyboard: and its restoration`,
    got[1]?.kind === "restore" && got[1]?.reverses === got[0]?.id, JSON.stringify(got[1]));
  await page.keyboard.press("Escape");
  await go(page, language, "KeyC");
  check(`${language} keyboard: claimed`, page.url().includes("done=claimed"), page.url());
  await go(page, language, "KeyL");
  check(`${language} keyboard: given back`, page.url().includes("done=released"), page.url());
  await go(page, language, "KeyQ");
  await press(page, language, "KeyJ");
  await press(page, language, "KeyJ");
  await press(page, language, "KeyK");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check(`${language} keyboard: through the list`, page.url().includes("/cases?"), page.url());
}

/** Decides and undoes a case with script turned off, by forms alone. */
async function withoutScript(browser, desk, service) {
  const { context, page, complaints } = await open(browser, { javaScriptEnabled: false });
  await page.goto(`${desk.base}/sign-in`);
  await page.fill("#login", desk.people.plain.login);
  await page.fill("#password", "correct horse battery");
  await follow(page, "main form button", /\/queues/);
  await follow(page, "tr:has-text('Pictures') button", /\/cases\//);
  check("no script: at a case", page.url().includes("/cases/case_"), page.url());
  const earlier = await delivered(page);
  const box = page.locator("input.reveal").first();
  const filter = () =>
    page.locator(".pictures img").first().evaluate((image) => getComputedStyle(image).filter);
  check("no script: pictures are blurred", (await filter()).includes("blur"));
  await box.check();
  await page.waitForTimeout(300);
  check("no script: and shown when asked for", (await filter()) === "none", await filter());
  const width = await page.locator(".pictures img").first().evaluate((image) => image.naturalWidth);
  check("no script: the picture is there", width === 480, `${width}`);
  await page.check("input[value=no-violation-label]");
  await page.fill("#labels", "harbour, history");
  await page.selectOption("#policy", "harbour.graphic");
  await page.fill("#reason", "Ordinary picture of the sea.");
  const before = service.received.length;
  await follow(page, "#decide-form button", /done=decided/);
  await until("no script: delivered", async () => {
    await page.reload();
    return (await delivered(page)) === earlier + 1;
  });
  await page.screenshot({ path: `${OUT}en-no-script-decided.png`, fullPage: true });
  await page.locator(".undo summary").click();
  await page.fill("#undo-reason", "Wrong case.");
  await follow(page, ".undo form button", /done=undone/);
  await until("no script: restored", async () => {
    await page.reload();
    return (await delivered(page)) === earlier + 2;
  });
  const kinds = service.received.slice(before).map((one) => one.action.kind);
  check("no script: the service got both", kinds.join() === "label,restore", kinds.join());
  await refusals(page, desk, context);
  await page.goto(`${desk.base}/queues`);
  await page.locator(".menu summary").click();
  await follow(page, ".menu form[action='/preferences'] button", /\/queues/);
  check("no script: pictures in grey", (await page.locator("body.grey").count()) === 1);
  await page.locator(".menu summary").click();
  await follow(page, ".menu form[action='/sign-out'] button", /done=signed-out/);
  await page.goto(`${desk.base}/queues`);
  check("no script: signed out", page.url().includes("/sign-in"), page.url());
  check("no script: nothing to complain about", complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** What a reviewer does not see, and what no form from elsewhere does. */
async function refusals(page, desk, context) {
  for (const path of ["/records", "/deliveries", "/banks", "/rules"]) {
    const answer = await page.goto(desk.base + path);
    check(`reviewer: ${path} is refused`, answer.status() === 403, `${answer.status()}`);
  }
  const form = { form_token: "forged" };
  const forged = await context.request.post(`${desk.base}/next`, { form });
  check("a form without the session's token is refused", forged.status() === 403);
  await page.goto(`${desk.base}/queues`);
  const token = await page.locator("input[name=form_token]").first().getAttribute("value");
  const headers = { "sec-fetch-site": "cross-site" };
  const foreign =
    await context.request.post(`${desk.base}/next`, { form: { form_token: token }, headers });
  check("a form from another site is refused", foreign.status() === 403, `${foreign.status()}`);
  const media = await context.request.get(`${desk.base}/cases/case_none/media/${"0".repeat(64)}`);
  check("media of no case are not served", media.status() === 404, `${media.status()}`);
}

/** Every other page, in one language. */
async function everyPage(page, desk, language) {
  for (const [name, path] of [
    ["cases", "/cases"],
    ["cases-filtered", "/cases?queue=matches&status=open"],
    ["cases-none", "/cases?queue=pictures&status=decided"],
    ["records", "/records"],
    ["deliveries", "/deliveries"],
    ["deliveries-delivered", "/deliveries?state=delivered"],
    ["deliveries-dead", "/deliveries?state=dead"],
    ["banks", "/banks"],
    ["rules", "/rules"],
    ["keys", "/keys-help"],
    ["not-found", "/nowhere"],
  ]) {
    const answer = await page.goto(desk.base + path);
    const expected = name === "not-found" ? 404 : 200;
    check(`${language} ${name}: status`, answer.status() === expected, `${answer.status()}`);
    const policy = answer.headers()["content-security-policy"] ?? "";
    check(`${language} ${name}: policy`, policy.startsWith("default-src 'none'"), policy);
    await look(page, language, name);
  }
  for (const item of ["p1004", "p1006", "p1002", "p1005"]) {
    await page.goto(`${desk.base}/cases`);
    await follow(page, `a[data-row]:has-text("${item}")`, /\/cases\/case_/);
    await look(page, language, `case-${item}`);
  }
  await page.goto(`${desk.base}/records`);
  await Promise.all([page.waitForNavigation(), page.locator("main form button").click()]);
  check(`${language} records: the log holds`, (await page.locator(".good").count()) === 1);
  await look(page, language, "records-verified");
}

/** A delivery that is given up, shown to a lead and sent again. */
async function deadLetter(page, desk) {
  await page.goto(`${desk.base}/cases`);
  await follow(page, "a[data-row]:has-text('p2001')", /\/cases\/case_/);
  await follow(page, "[data-does=claim]", /done=claimed/);
  await page.check("input[value=remove]");
  await page.selectOption("#purpose", "none");
  await page.fill("#reason", "Old, and still a call.");
  await follow(page, "#decide-form button", /done=decided/);
  await until("dead letter: the case says so", async () =>
    (await page.locator("#deliveries .chip.dead").count()) === 1);
  await page.goto(`${desk.base}/deliveries?state=dead`);
  await look(page, "en", "dead-letter");
  await follow(page, "table form button", /done=redelivered/);
}

/** Orders a study through its form and waits until its page shows what it found. */
async function orderStudy(page, desk, kind, fill) {
  await page.goto(`${desk.base}/studies/new/${kind}`);
  await page.fill("#purpose", "To see whether the invented movement coordinates on the forum.");
  await page.fill("#service", "forum");
  await page.check("input[name=source][value=folder]");
  await page.selectOption("select[name=folder]", "world");
  await fill?.();
  await follow(page, ".study-form button", /\/studies\/study_/);
  await until(`${kind}: the study ends`, async () =>
    (await page.locator("#summary-heading").count()) === 1, 90);
  return new URL(page.url()).pathname;
}

/** Every kind of study, from its form to an opened case. */
async function studies(page, desk, language, made) {
  if (made.size === 0) {
    await page.goto(`${desk.base}/studies/new/census`);
    await look(page, language, "study-form");
    made.set("campaigns", await orderStudy(page, desk, "campaigns"));
    made.set("returns", await orderStudy(page, desk, "returns"));
    made.set("census", await orderStudy(page, desk, "census", async () => {
      await page.fill("#definition", "Posts for the invented movement.");
      await page.fill("#seeds", desk.seeds.join("\n"));
    }));
  }
  await page.goto(`${desk.base}/studies`);
  await look(page, language, "studies");
  for (const [kind, path] of made) {
    await page.goto(desk.base + path);
    await until(`${language} ${kind}: plots are drawn`, async () =>
      (await page.locator("figure.plot svg").count()) > 0);
    await look(page, language, `study-${kind}`);
    const report = await page.request.get(`${desk.base}${path}/export/report.html`);
    check(`${language} ${kind}: the report comes`, report.ok(), String(report.status()));
  }
  await page.goto(desk.base + made.get("campaigns"));
  const findings = page.locator("#findings a[href*='/findings/']");
  check(`${language}: campaigns of the world are found`, (await findings.count()) > 0);
  if ((await findings.count()) > 0) {
    await follow(page, "#findings a[href*='/findings/']", /\/findings\//);
    await look(page, language, "finding");
    await follow(page, "#accounts a[href*='/accounts/']", /\/accounts\//);
    await look(page, language, "study-account");
    await page.fill("#reason", "The group passes on the same links within seconds.");
    await follow(page, "form[action$='/unmask'] button", /\/unmask/);
    await look(page, language, "study-account-shown");
    await follow(page, "form[action$='/case'] button", /\/cases\/case_/);
    await look(page, language, "case-from-study");
  }
  await page.goto(`${desk.base}${made.get("census")}/coding`);
  await look(page, language, "coding");
  await press(page, language, "Digit2");
  check(`${language} coding: 2 chooses`, await page.isChecked("input[value=not_member]"));
  await go(page, language, "Enter");
  check(`${language} coding: the answer was kept`, page.url().includes("done=coded"), page.url());
}

/** Somebody else's case, a forbidden page, a narrow and a dark screen. */
async function otherViews(browser, desk, language, state) {
  const { context, page } = await open(browser, {});
  await page.goto(`${desk.base}/sign-in?lang=${language}`);
  await page.fill("#login", desk.people.plain.login);
  await page.fill("#password", "correct horse battery");
  await follow(page, "main form button", /\/queues/);
  await page.goto(`${desk.base}/records`);
  await look(page, language, "forbidden");
  await page.goto(`${desk.base}/queues`);
  await follow(page, "[data-does=next]", /\/cases\//);
  const path = new URL(page.url()).pathname;
  const dark = await open(browser, { storageState: state, colorScheme: "dark" });
  await dark.page.goto(desk.base + path);
  await look(dark.page, language, "case-theirs-dark");
  await dark.page.goto(`${desk.base}/queues`);
  await look(dark.page, language, "queues-dark");
  await follow(page, "[data-does=release]", /done=released/);
  await dark.context.close();
  const narrow = { storageState: state, viewport: { width: 390, height: 840 } };
  const small = await open(browser, narrow);
  await small.page.goto(desk.base + path);
  await look(small.page, language, "case-open-narrow");
  await small.context.close();
  await context.close();
}

async function main() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const service = await startService();
  const desk = await startDesk(service);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    await desk.post("/v1/items?wait=verdict", { items: items(desk.picture) });
    await desk.post("/v1/notices", {
      kind: "trusted_flagger", service: "forum", subject: { item: "p1001" }, name: "Harbour Watch",
      reason: "It calls people to a gathering of the Ashen Front.", good_faith: true,
      policy: "harbour.violent-extremism",
    });
    const made = new Map();
    for (const language of ["en", "ar"]) {
      const { context, page, complaints } = await open(browser, {});
      await signIn(page, desk, language, desk.people[language]);
      await byKeyboard(page, language, service);
      if (language === "en") {
        await withoutScript(browser, desk, service);
        await deadLetter(page, desk);
      }
      await everyPage(page, desk, language);
      await studies(page, desk, language, made);
      await otherViews(browser, desk, language, await context.storageState());
      const told = complaints.join("; ");
      check(`${language}: the browser has nothing to complain about`, told === "", told);
      await context.close();
    }
    const ids = service.received.map((one) => one.id);
    check("each action was delivered once", new Set(ids).size === ids.length, ids.join());
    check("every signature held", service.problems.length === 0, service.problems.join());
  } finally {
    await browser.close();
    await desk.stop();
    service.stop();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

await main();
