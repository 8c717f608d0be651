// Drives the islands of studies in Chromium: sample pages under the console's own content policy,
// a report that stands in one file, and the same pages without script. Prints a line a check that
// fails and `N passed, N failed`. `VERBOSE=1` prints every check. Names of parts run these alone:
// `node run.mjs odd network`; `node run.mjs measure` says how fluent 50,000 accounts are.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import {
  codingPage, networkPage, oddPage, progressPage, reportPage, studyPage,
} from "./pages.mjs";
import { network, plots } from "./samples.mjs";
import { built, serve } from "./serve.mjs";
import { WORDS } from "./words.mjs";

const OUT = fileURLToPath(new URL("../out/islands/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A graphics card in software, so that networks are drawn everywhere. */
const SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
/** The parts that are asked for; without any, all but the measurement. */
const WANTED = process.argv.slice(2);
const ACCOUNTS = Number(process.env.ACCOUNTS ?? (WANTED.includes("measure") ? 50_000 : 5_000));
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
  check("odd: drawn where there is something",
    state.join() === "true,true,false,false,true,true,true", state.join());
  const visible = await page.locator("figure.plot").nth(2).locator("table").isVisible();
  check("odd: a table that is not drawn stands", visible);
  check("odd: no script of a name ran", (await page.title()) !== "taken");
  const note = await page.locator(".plot-note").allInnerTexts();
  check("odd: zeros on a logarithm are told", note.join() ===
    WORDS.en.omitted.replace("{count}", "2"), note.join());
  const [counts, small] = [5, 6].map((place) => page.locator("figure.plot").nth(place));
  const ticks = await counts.locator("svg text").allTextContents();
  check("odd: counts have whole ticks", ticks.length > 4 && ticks.every((one) => /^\d+$/.test(one)),
    ticks.join());
  // Values below one on a logarithm stand on the axis as all others do.
  const feet = await small.locator("svg path[fill^=rgb]").evaluateAll((bars) =>
    bars.map((bar) => bar.getBBox()).filter((box) => box.height > 2 && box.width < 60)
      .map((box) => Math.round(box.y + box.height)));
  check("odd: bars stand on one line", feet.length === 3 && new Set(feet).size === 1, feet.join());
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
  { kind: "histogram", caption: "Counts", x: "x", y: "y", series: ["a"], rows:
    [1, 0, 2].map((value, at) => ({ value: 10 * at + 5, low: 10 * at, high: 10 * at + 10,
      text: `${at}`, cells: [{ value, text: `${value}` }] })) },
  { kind: "bars", caption: "Small", x: "x", y: "y", series: ["a"], scale: "log", rows:
    [0.3, 4, 60].map((value, at) => ({ text: `${at}`, cells: [{ value, text: `${value}` }] })) },
];

/**
 * A picture of the stage at rest, to see whether something moved. The island says that it draws
 * (`aria-busy`); a machine under load may show the same unfinished picture for seconds.
 */
async function seen(page) {
  const stage = page.locator(".network-stage");
  const shot = async () => (await stage.screenshot({ timeout: LONG })).toString("base64");
  for (let turn = 0, before = ""; turn < 20; turn += 1) {
    // What a key or a box asks for begins with the next frame.
    await page.evaluate(() => new Promise((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.waitForSelector(".network-stage:not([aria-busy])", { timeout: LONG });
    const now = await shot();
    if (now === before) return now;
    before = now;
  }
  return shot();
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

/** A frame of a screen that shows sixty in a second, in milliseconds. */
const FRAME = 1_000 / 60;

/** What the page's main thread did while `act` ran: its tasks, by its own processor time. */
async function tasksOf(browser, page, act) {
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  const began = Date.now();
  await act();
  const seconds = (Date.now() - began) / 1_000;
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const threadOf = (event) => `${event.pid} ${event.tid}`;
  const drawn = traceEvents.filter((event) => event.name === "FireAnimationFrame");
  const count = (thread) => drawn.filter((event) => threadOf(event) === thread).length;
  const [main] = [...new Set(drawn.map(threadOf))].sort((a, b) => count(b) - count(a));
  const tasks = traceEvents
    .filter((event) => /RunTask$/.test(event.name) && event.tdur > 0 && threadOf(event) === main)
    .sort((one, other) => one.ts - other.ts);
  const frames = drawn.filter((event) => threadOf(event) === main).map((event) => event.ts);
  return { tasks, frames, seconds };
}

/** The main thread's work for each frame, in milliseconds: all since the frame before. */
function workOf({ tasks, frames }) {
  const work = [];
  let sum = 0;
  for (const { ts, dur, tdur } of tasks) {
    sum += tdur / 1_000;
    if (frames.some((frame) => frame >= ts && frame < ts + dur)) {
      work.push(sum);
      sum = 0;
    }
  }
  return work.sort((one, other) => one - other);
}

function share(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}

/** Does something to the picture and says what each frame cost the page's main thread. */
async function rate(browser, page, what, act) {
  const traced = await tasksOf(browser, page, act);
  const work = workOf(traced);
  const [half, most] = [share(work, 0.5), share(work, 0.95)];
  console.log(`${what}: ${work.length} frames, ${(work.length / traced.seconds).toFixed(1)} in a ` +
    `second; main thread a frame: p50 ${half.toFixed(2)} ms, p95 ${most.toFixed(2)} ms, ` +
    `most ${work.at(-1).toFixed(2)} ms`);
  check(`${what}: there are frames to be measured`, work.length >= 10, `${work.length}`);
  check(`${what}: the main thread leaves time for 60 frames a second`, most < FRAME, `${most}`);
}

/** How fluent a large network is: the work of the page's main thread for each frame. */
async function measure(browser, base) {
  const { context, page } = await open(browser);
  const { tasks } = await tasksOf(browser, page, async () => {
    await page.goto(`${base}/network`);
    await page.waitForSelector("section.network.drawn", { timeout: LONG });
  });
  const all = tasks.reduce((sum, task) => sum + task.tdur, 0) / 1_000;
  const longest = Math.max(...tasks.map((task) => task.tdur)) / 1_000;
  console.log(`${ACCOUNTS} accounts, ${EDGES} edges: until the network is drawn the main thread ` +
    `works ${all.toFixed(0)} ms, at most ${longest.toFixed(0)} ms without a break`);
  const stage = page.locator(".network-stage");
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await seen(page);
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await rate(browser, page, "pan", async () => {
    for (let step = 0; step < 90; step += 1) {
      await page.mouse.move(middle.x + 150 * Math.sin(step / 8), middle.y + 9 * (step % 12));
      await page.waitForTimeout(16);
    }
  });
  await page.mouse.up();
  await seen(page);
  await rate(browser, page, "zoom", async () => {
    for (let step = 0; step < 36; step += 1) {
      await page.mouse.wheel(0, step % 18 < 9 ? -240 : 240);
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
    "/network": () => networkPage("en", many, "/many.json"),
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
    const both = (act) => async () => {
      for (const language of ["en", "ar"]) await act(language);
    };
    const { base } = site;
    const parts = {
      views: () => everyView(browser, base),
      colours: () => changingColours(browser, base),
      plots: both((language) => plotByHand(browser, base, language)),
      network: both((language) => networkByHand(browser, base, language)),
      report: both((language) => oneFile(browser, language, few)),
      progress: both((language) => progress(browser, base, status, language)),
      odd: () => oddTables(browser, base),
      coding: () => coding(browser, base),
      lost: () => withoutNetwork(browser, base),
      script: () => withoutScript(browser, base),
      measure: () => measure(browser, base),
    };
    const checked = Object.keys(parts).filter((name) => name !== "measure");
    for (const name of WANTED.length > 0 ? WANTED : checked) await parts[name]();
  } finally {
    await browser.close();
    site.stop();
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    process.exitCode = counts.failed === 0 ? 0 : 1;
  }
}

await main();
