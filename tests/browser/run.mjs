// Drives the console in Chromium against the real server: by keyboard alone, without script, in
// both languages, with axe on every page. Prints a line a check, and `N passed, N failed`.
// `ONLY=orders,threats` leaves out every other part, while you work on those.
import { mkdirSync, rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { OUT, WORDS, check, counts, follow, go, look, open, press, until } from "./checks.mjs";
import { startDesk, totp } from "./desk.mjs";
import { exposures } from "./exposures.mjs";
import { items } from "./items.mjs";
import { orders } from "./orders.mjs";
import { redress } from "./redress.mjs";
import { startService } from "./service.mjs";
import { studies } from "./studies.mjs";
import { threats } from "./threats.mjs";

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
  await inQuestion(page, desk, language);
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

/** An entry that somebody disputes, and that a lead confirms with a word why. */
async function inQuestion(page, desk, language) {
  desk.dispute();
  await page.goto(`${desk.base}/banks`);
  const rows = page.locator("form[action='/banks/opinion']");
  check(`${language} banks: an entry is in question`, (await rows.count()) === 1);
  await look(page, language, "banks-in-question");
  await rows.locator("input[name=note]").fill("Seen by two of us.");
  await follow(page, "form[action='/banks/opinion'] button[value=confirms]", /done=opinion/);
  check(`${language} banks: none is any more`, (await rows.count()) === 0);
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

/** Whether a part is asked for. */
function wants(part) {
  const only = process.env.ONLY ?? "";
  return only === "" || only.split(",").includes(part);
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
      if (wants("keyboard")) await byKeyboard(page, language, service);
      if (language === "en" && wants("script")) {
        await withoutScript(browser, desk, service);
        await deadLetter(page, desk);
      }
      if (wants("pages")) await everyPage(page, desk, language);
      if (wants("orders")) await orders(page, desk, language, service);
      if (wants("threats")) await threats(browser, page, desk, language);
      if (wants("exposures")) await exposures(browser, page, desk, language);
      if (wants("redress")) await redress(browser, page, desk, language, service);
      if (wants("studies")) await studies(browser, page, desk, language, made);
      if (wants("views")) {
        await otherViews(browser, desk, language, await context.storageState());
      }
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
