// Drives the islands of studies in Chromium: sample pages under the console's own content policy,
// a report that stands in one file, and the same pages without script. Prints a line a check that
// fails, what was measured, and `N passed, N failed`. `VERBOSE=1` prints every check.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { codingPage, oddPage, progressPage, reportPage, studyPage } from "./pages.mjs";
import { network, plots } from "./samples.mjs";
import { built, serve } from "./serve.mjs";
import { WORDS } from "./words.mjs";

const OUT = fileURLToPath(new URL("../out/islands/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A graphics card in software, so that networks are drawn everywhere. */
const SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const ACCOUNTS = Number(process.env.ACCOUNTS ?? 50_000);
const EDGES = 3 * ACCOUNTS;
const LONG = 300_000;

const counts = { passed: 0, failed: 0 };

function check(what, holds, detail = "") {
  if (holds) counts.passed += 1;
  else counts.failed += 1;
  if (!holds || process.env.VERBOSE) console.log(`${holds ? "ok  " : "FAIL"} ${what} ${detail}`);
}

async function until(what, holds, seconds = 60) {
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end) {
    if (await holds()) return check(what, true);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  check(what, false, `not within ${seconds} s`);
}

function launch(...args) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
}

/** Opens a page that collects what the browser complains about, the content policy above all. */
async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(LONG);
  const page = await context.newPage();
  const complaints = [];
  const isOurs = (text) => !/status of 404|GPU stall|GL Driver/.test(text);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && isOurs(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }
  return { context, page, complaints };
}

async function axe(page, name) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  const told = found.violations.map(
    (one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`,
  );
  check(`${name}: axe`, told.length === 0, told.join("; "));
}

/** The marks in each picture: everything that is neither text nor an axis. */
function marks(page) {
  return page.$$eval("figure.plot .plot-picture svg", (pictures) =>
    pictures.map((picture) => picture.querySelectorAll("path, polygon, circle, line").length));
}

/** Every plot is drawn; nothing is beside the page; pictures are taken. */
async function drawn(page, name, language) {
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  const samples = plots(WORDS[language]);
  const count = await page.locator("figure.plot.drawn").count();
  check(`${name}: every plot is drawn`, count === samples.length, `${count}`);
  const found = await marks(page);
  check(`${name}: with marks`, found.every((one) => one >= 4), found.join());
  const names = await page.$$eval("figure.plot [role=img]", (all) =>
    all.map((one) => one.getAttribute("aria-label")));
  check(`${name}: with names`,
    names.join() === samples.map((one) => one.caption).join(), names.join());
  const broken = await page.locator("figure.plot .plot-picture").evaluateAll((all) =>
    all.filter((one) => /NaN|undefined|Infinity/.test(one.innerHTML)).length);
  check(`${name}: all with numbers`, broken === 0, `${broken}`);
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: nothing beside the page`, wide <= 0, `${wide} px`);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: `${OUT}${name.replaceAll(" ", "-")}.png`, fullPage: true });
}

/** Languages and colours. */
async function everyView(browser, base) {
  for (const [language, colorScheme, width] of [
    ["en", "light", 1_440], ["en", "dark", 1_440], ["ar", "light", 1_440], ["ar", "dark", 1_440],
    ["ar", "light", 400],
  ]) {
    const name = `${language} ${colorScheme} ${width}`;
    const size = { viewport: { width, height: 900 } };
    const { context, page, complaints } = await open(browser, { colorScheme, ...size });
    await page.goto(`${base}/${language}`);
    await drawn(page, name, language);
    await axe(page, name);
    check(`${name}: no complaint`, complaints.length === 0, complaints.join("; "));
    await context.close();
  }
}

/** Colours of the system, and colours that change while the page is open. */
async function changingColours(browser, base) {
  const { context, page, complaints } = await open(browser);
  await page.goto(`${base}/few`);
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  const fill = () => page.locator("figure[data-plot=histogram] svg path").evaluateAll((all) =>
    all.map((one) => one.getAttribute("fill")).filter((one) => one?.startsWith("rgb")).join());
  const light = await fill();
  await page.emulateMedia({ colorScheme: "dark" });
  await until("colours: dark is another", async () => (await fill()) !== light);
  await page.emulateMedia({ forcedColors: "active" });
  await page.waitForTimeout(1_000);
  await page.screenshot({ path: `${OUT}forced-colours.png`, fullPage: true });
  await page.emulateMedia({ forcedColors: "none", colorScheme: "light" });
  await until("colours: and back", async () => (await fill()) === light);
  check("colours: no complaint", complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** Tooltips, legends, and the numbers below a plot by keyboard. */
async function plotByHand(browser, base, language) {
  const { context, page, complaints } = await open(browser);
  await page.goto(`${base}/${language === "en" ? "few" : "few-ar"}`);
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  const name = `${language} plots`;
  const figure = page.locator("figure[data-plot=bars]").first();
  const table = figure.locator("table");
  check(`${name}: numbers are folded`, !(await table.isVisible()));
  await figure.locator("summary").focus();
  await page.keyboard.press("Enter");
  check(`${name}: and unfold by keyboard`, await table.isVisible());
  const scroll = figure.locator(".table");
  check(`${name}: the table can have the focus`, (await scroll.getAttribute("tabindex")) === "0");
  const box = await figure.locator(".plot-picture").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 22);
  const tip = figure.locator(".plot-tip-box");
  await tip.waitFor();
  const told = (await tip.innerText()).split("\n").filter((one) => one.trim() !== "");
  const cells = await table.locator("tbody tr").first().locator("th, td").allInnerTexts();
  check(`${name}: the pointer tells the row`, cells.every((one) => told.includes(one)),
    told.join());
  await page.screenshot({ path: `${OUT}${language}-tip.png` });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(300);
  const before = (await marks(page))[1];
  const button = figure.locator(".plot-series").first();
  await button.focus();
  await page.keyboard.press("Space");
  const pressed = await button.getAttribute("aria-pressed");
  check(`${name}: a series is switched off`, pressed === "false", pressed);
  const after = (await marks(page))[1];
  check(`${name}: and its marks go`, after < before, `${before} ${after}`);
  await page.keyboard.press("Space");
  check(`${name}: and come back`, (await marks(page))[1] === before);
  for (const kind of ["line", "histogram", "intervals", "heat", "scatter", "area"]) {
    await pointAt(page, page.locator(`figure[data-plot=${kind}]`), `${name}: ${kind}`);
  }
  check(`${name}: no complaint`, complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** Somewhere in a picture the pointer tells a cell of the table. */
async function pointAt(page, figure, name) {
  await figure.scrollIntoViewIfNeeded();
  const box = await figure.locator(".plot-picture").boundingBox();
  const tip = figure.locator(".plot-tip-box");
  const cells = new Set(await figure.locator("table td").allTextContents());
  for (let step = 0; step < 400; step += 1) {
    const x = box.x + box.width * (0.1 + 0.8 * ((step * 0.618034) % 1));
    const y = box.y + box.height * (0.08 + 0.76 * ((step + 0.5) / 400));
    await page.mouse.move(x, y);
    if (!(await tip.isVisible())) continue;
    const told = await tip.locator(".plot-tip-value").allTextContents();
    const isTold = told.length > 0 && told.every((one) => cells.has(one));
    return check(`${name} tells a cell`, isTold, told.join());
  }
  check(`${name} tells a cell`, false, "nothing was told");
}

/** Tables with gaps, hostile names, nothing at all. */
async function oddTables(browser, base) {
  const { context, page, complaints } = await open(browser);
  await page.goto(`${base}/odd`);
  await page.waitForSelector("figure.plot.drawn");
  await page.waitForTimeout(500);
  const state = await page.$$eval("figure.plot", (all) =>
    all.map((one) => one.classList.contains("drawn")));
  check("odd: drawn where there is something", state.join() === "true,true,false,false,true",
    state.join());
  const visible = await page.locator("figure.plot").nth(2).locator("table").isVisible();
  check("odd: a table that is not drawn stands", visible);
  check("odd: no script of a name ran", (await page.title()) !== "taken");
  const note = await page.locator(".plot-note").allInnerTexts();
  check("odd: zeros on a logarithm are told", note.join() ===
    WORDS.en.omitted.replace("{count}", "2"), note.join());
  check("odd: no complaint", complaints.length === 0, complaints.join("; "));
  await context.close();
}

const ODD = [
  { kind: "line", caption: "Gaps", x: "x", y: "y", series: ["a", "note"], rows: [1, 2, 3, 4].map(
    (at) => ({ value: at, text: `${at}`, cells: [
      at === 3 ? { text: "–" } : { value: at, text: `${at}` }, { text: "words" }] })) },
  { kind: "bars", caption: "</svg><script>document.title = 'taken'</script>", x: "x", y: "y",
    series: ["<img src=x onerror=\"document.title='taken'\">"], rows: [{
      text: "\"><script>document.title = 'taken'</script>", cells: [{ value: 3, text: "3" }] }] },
  { kind: "line", caption: "Empty", x: "x", y: "y", series: ["a"], rows: [] },
  { kind: "pie", caption: "Unknown", x: "x", y: "y", series: ["a"], rows: [
    { text: "one", cells: [{ value: 1, text: "1" }] }] },
  { kind: "line", caption: "Zeros", x: "x", y: "y", series: ["a"], scale: "log", rows:
    [0, 10, 0, 1_000].map((value, at) => ({ value: at, text: `${at}`, cells: [
      { value, text: `${value}` }] })) },
];

/** A picture of the stage at rest, to see whether something moved. */
async function seen(page) {
  const stage = page.locator(".network-stage");
  let before = "";
  for (let turn = 0; turn < 12; turn += 1) {
    await page.waitForTimeout(1_300);
    const now = (await stage.screenshot({ timeout: LONG })).toString("base64");
    if (now === before) break;
    before = now;
  }
  return before;
}

/** Search, keys, pointer and groups of a network. */
async function networkByHand(browser, base, language) {
  const { context, page, complaints } = await open(browser);
  const name = `${language} network`;
  const path = language === "en" ? "/few" : "/few-ar";
  await page.goto(base + path);
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  const stage = page.locator(".network-stage");
  const field = page.locator("[role=combobox]");
  await field.focus();
  await page.keyboard.type("HARBOUR_");
  const options = await page.locator("[role=option]").allInnerTexts();
  check(`${name}: accounts are found`, options.length === 12 &&
    options.every((one) => one.startsWith("@harbour_")), options.join());
  check(`${name}: the box says so`, (await field.getAttribute("aria-expanded")) === "true");
  await page.keyboard.press("ArrowDown");
  const active = await field.getAttribute("aria-activedescendant");
  const second = await page.locator(`[id="${active}"]`).innerText();
  check(`${name}: the second is meant`, second === options[1], second);
  await page.keyboard.press("ArrowUp");
  const [wanted] = options;
  await axe(page, `${name} list`);
  await page.keyboard.press("Enter");
  check(`${name}: the list closes`, (await page.locator("[role=option]").count()) === 0);
  const shown = () => page.locator(".network-name").innerText();
  check(`${name}: the account is told`, (await shown()) === wanted, await shown());
  await page.waitForTimeout(900);
  await page.screenshot({ path: `${OUT}${language}-network-chosen.png` });
  await axe(page, `${name} chosen`);
  await networkPointer(page, name, wanted);
  const near = page.locator(".network-neighbour").first();
  const other = await near.innerText();
  await near.click();
  check(`${name}: a neighbour leads on`, (await shown()) === other, `${await shown()} ${other}`);
  await stage.focus();
  let before = await seen(page);
  for (const key of ["ArrowRight", "ArrowUp", "+", "-", "0"]) {
    await page.keyboard.press(key);
    const now = await seen(page);
    check(`${name}: ${key} moves`, now !== before);
    before = now;
  }
  await field.focus();
  before = await seen(page);
  await page.locator(".network-group input").first().click();
  check(`${name}: a group is hidden`, (await seen(page)) !== before);
  await page.locator(".network-group input").first().click();
  check(`${name}: and shown again`, (await seen(page)) === before);
  await stage.focus();
  await Promise.all([page.waitForURL(/\/accounts\/a\d+$/), page.keyboard.press("Enter")]);
  check(`${name}: Enter opens the account`, page.url().includes("/accounts/"), page.url());
  check(`${name}: no complaint`, complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** The chosen account is in the middle: the pointer finds it there, and a click opens it. */
async function networkPointer(page, name, wanted) {
  const stage = page.locator(".network-stage");
  await stage.focus();
  await page.keyboard.press("Escape");
  await seen(page);
  const box = await stage.boundingBox();
  check(`${name}: Escape leaves the account`, (await page.locator(".network-name").count()) === 0);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await until(`${name}: the pointer finds the account`, async () =>
    (await page.locator(".network-name").allInnerTexts()).join() === wanted);
  const address = page.url();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForURL(/\/accounts\//);
  const opened = `/accounts/a${wanted.split("_")[1]}`;
  check(`${name}: a click opens it`, page.url().endsWith(opened), page.url());
  await page.goto(address);
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  await page.locator("[role=combobox]").fill(wanted);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(500);
}

/** Where the network does not come, or cannot be drawn, the table stands. */
async function withoutNetwork(browser, base) {
  const { context, page } = await open(browser);
  await page.goto(`${base}/lost`);
  const status = page.locator(".network-status");
  await until("lost network: told", async () =>
    (await status.innerText()) === WORDS.en.labels["label-failed"]);
  check("lost network: the table stands", await page.locator(".network table").isVisible());
  await context.close();
  const plain = await launch("--disable-gpu", "--disable-3d-apis");
  const other = await open(plain);
  await other.page.goto(`${base}/few`);
  await until("no graphics: told", async () =>
    (await other.page.locator(".network-status").innerText()) ===
      WORDS.en.labels["label-no-graphics"]);
  check("no graphics: the table stands", await other.page.locator(".network table").isVisible());
  await plain.close();
}

/** How fluent a large network is: frames in a second, and the work of the page for each of them. */
async function measure(browser, base) {
  const { context, page } = await open(browser);
  await page.goto(`${base}/en`);
  await page.waitForSelector("section.network.drawn", { timeout: LONG });
  const ready = await page.evaluate(() => Math.round(performance.now()));
  console.log(`${ACCOUNTS} accounts, ${EDGES} edges: the page is complete after ${ready} ms`);
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const work = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return 1_000 * metrics.find((one) => one.name === "TaskDuration").value;
  };
  const stage = page.locator(".network-stage");
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const rate = async (what, act) => {
    const before = await work();
    await page.evaluate(() => {
      globalThis.frames_ = 0;
      globalThis.counts_ = true;
      const count = () => {
        globalThis.frames_ += 1;
        if (globalThis.counts_) requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
    });
    const began = Date.now();
    await act();
    const seconds = (Date.now() - began) / 1_000;
    const frames = await page.evaluate(() => {
      globalThis.counts_ = false;
      return globalThis.frames_;
    });
    const each = ((await work()) - before) / frames;
    console.log(`${what}: ${(frames / seconds).toFixed(1)} frames in a second, ` +
      `${each.toFixed(1)} ms of the page's own work for each`);
    check(`${what}: the page's own work leaves time for 60 frames a second`, each < 16, `${each}`);
  };
  await page.waitForTimeout(1_500);
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await rate("pan", async () => {
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.move(middle.x + 150 * Math.sin(step / 8), middle.y + 9 * (step % 12));
    }
  });
  await page.mouse.up();
  await page.waitForTimeout(1_500);
  await rate("zoom", async () => {
    for (let step = 0; step < 24; step += 1) {
      await page.mouse.wheel(0, step < 12 ? -240 : 240);
      await page.waitForTimeout(60);
    }
  });
  await context.close();
}

/** With script turned off, every table and link is there. */
async function withoutScript(browser, base) {
  const { context, page } = await open(browser, { javaScriptEnabled: false });
  await page.goto(`${base}/few`);
  const tables = page.locator("table");
  const count = await tables.count();
  check("no script: every table is there", count === plots(WORDS.en).length + 1, `${count}`);
  for (let index = 0; index < count; index += 1) {
    check(`no script: table ${index} stands`, await tables.nth(index).isVisible());
  }
  check("no script: nothing is folded", (await page.locator("details").count()) === 0);
  await page.screenshot({ path: `${OUT}no-script.png` });
  await page.goto(`${base}/progress`);
  check("no script: progress has a link", await page.locator("a").isVisible());
  await context.close();
}

/** The report in one file, opened from the disk. */
async function oneFile(browser, language, data) {
  const [script, styles] = ["studies.js", "report.css"].map((name) => built(name).toString());
  check("the program can stand in a page", !/<\/script|<!--/i.test(script));
  const file = `${OUT}report-${language}.html`;
  writeFileSync(file, reportPage(language, data, script, styles));
  const { context, page, complaints } = await open(browser);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await drawn(page, `${language} report`, language);
  await axe(page, `${language} report`);
  const outside = asked.filter((one) => !one.startsWith("file:"));
  check(`${language} report: asks for nothing`, outside.length === 0 && asked.length === 1,
    asked.join());
  check(`${language} report: no complaint`, complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** A study at work: the bar follows, stages are told, and its end brings the page anew. */
async function progress(browser, base, status, language) {
  const { context, page, complaints } = await open(browser);
  const name = `${language} progress`;
  const t = WORDS[language];
  Object.assign(status, { state: "running", stage: "read", done: 21, total: 50, remaining_s: 180 });
  await page.goto(`${base}/progress-${language}`);
  const line = page.locator(".study-stage");
  await until(`${name}: stage`, async () => (await line.innerText()).startsWith(t.stages.read));
  const told = await line.innerText();
  check(`${name}: share and time`, told.includes("42") && told.includes("3"), told);
  check(`${name}: the bar`, (await page.locator("progress").evaluate((bar) => bar.value)) === 42);
  const heard = page.locator("[aria-live=polite]");
  check(`${name}: announced`, (await heard.textContent()) === told);
  await page.screenshot({ path: `${OUT}${language}-progress.png` });
  await axe(page, name);
  status.done = 22;
  await until(`${name}: goes on`, async () => (await line.innerText()).includes("44"));
  check(`${name}: in silence`, (await heard.textContent()) === told);
  Object.assign(status, { stage: "match", total: 0, remaining_s: null });
  await until(`${name}: next stage`, async () => (await heard.textContent()) === t.stages.match);
  check(`${name}: without a whole`,
    (await page.locator("progress").getAttribute("value")) === null);
  status.state = "finished";
  await until(`${name}: shown anew`, async () => (await page.locator("#over").count()) === 1);
  check(`${name}: no complaint`, complaints.length === 0, complaints.join("; "));
  await context.close();
}

/** 1, 2, 3, Enter and ? at the coding desk. */
async function coding(browser, base) {
  const { context, page, complaints } = await open(browser);
  await page.goto(`${base}/coding`);
  await page.waitForTimeout(1_300);
  const chosen = () => page.locator("input:checked").getAttribute("value");
  for (const [key, value] of [["1", "member"], ["2", "not-member"], ["3", "unsure"]]) {
    await page.keyboard.press(key);
    check(`coding: ${key}`, (await chosen()) === value, await chosen());
  }
  await page.locator("textarea").focus();
  await page.keyboard.type("1?");
  check("coding: keys are letters in a note", (await chosen()) === "unsure");
  await page.locator("h1").click();
  await page.keyboard.press("?");
  check("coding: help", await page.locator("dialog").isVisible());
  await axe(page, "coding help");
  await page.keyboard.press("Escape");
  check("coding: help closes", !(await page.locator("dialog").isVisible()));
  const client = await context.newCDPSession(page);
  const event = { key: "١", code: "Digit1" };
  await client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...event });
  await client.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  check("coding: a digit of an Arabic keyboard", (await chosen()) === "member", await chosen());
  await page.keyboard.press("2");
  await page.locator("body").evaluate(() => document.activeElement.blur());
  await Promise.all([page.waitForURL(/\/coded\?/), page.keyboard.press("Enter")]);
  check("coding: Enter sends", page.url().includes("coding=not-member"), page.url());
  check("coding: no complaint", complaints.length === 0, complaints.join("; "));
  await context.close();
}

async function main() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const few = network(400, 1_200, "/accounts/{id}");
  const many = network(ACCOUNTS, EDGES, "/accounts/{id}");
  const [fewText, manyText] = [few, many].map((one) => JSON.stringify(one));
  const status = {};
  const isOver = () => status.state === "finished";
  const accounts =
    Object.fromEntries(few.ids.map((id) => [`/accounts/${id}`, () => `<p>${id}</p>`]));
  const site = await serve({
    ...accounts,
    "/en": () => studyPage("en", many, "/many.json"),
    "/ar": () => studyPage("ar", many, "/many.json"),
    "/few": () => studyPage("en", few, "/few.json"),
    "/few-ar": () => studyPage("ar", few, "/few.json"),
    "/lost": () => studyPage("en", few, "/nowhere.json"),
    "/odd": () => oddPage(ODD),
    "/progress": () => progressPage("en", false),
    "/progress-en": () => progressPage("en", isOver()),
    "/progress-ar": () => progressPage("ar", isOver()),
    "/status": () => JSON.stringify(status),
    "/coding": () => codingPage("en"),
    "/coded": () => "<p>coded</p>",
    "/few.json": () => fewText,
    "/many.json": () => manyText,
  });
  const browser = await launch(...SOFTWARE);
  try {
    await everyView(browser, site.base);
    await changingColours(browser, site.base);
    for (const language of ["en", "ar"]) {
      await plotByHand(browser, site.base, language);
      await networkByHand(browser, site.base, language);
      await oneFile(browser, language, few);
      await progress(browser, site.base, status, language);
    }
    await oddTables(browser, site.base);
    await coding(browser, site.base);
    await withoutNetwork(browser, site.base);
    await withoutScript(browser, site.base);
    await measure(browser, site.base);
  } finally {
    await browser.close();
    site.stop();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

await main();
