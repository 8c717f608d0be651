// Studies in the browser: ordering, refusals, progress, what was found under pseudonyms, coding by
// two and settling by a third, unmasking, opening a case, erasing.
import { check, follow, go, look, open, press, until } from "./checks.mjs";
import { phrasesOf } from "./desk.mjs";

const PURPOSE = "To see whether the invented movement coordinates on the forum.";
const DEFINITION = "Posts for the invented movement.";
const SAMPLE = { accounts: 16, floor: 2 };
const WORDS = {
  en: { kappa: "Cohen's kappa", erased: "Erased", stopped: "Stopped", failed: "Failed" },
  ar: { kappa: "معامل كابا لكوهين", erased: "مُحيت", stopped: "أوقفت", failed: "فشلت" },
};
/** An account whose coders differ: which answer of the second is turned round. */
const DISPUTED = 0;

/** Fills the form of a new study; the sender is left to the caller. */
async function fillForm(page, desk, kind, folder = "world") {
  await page.goto(`${desk.base}/studies/new/${kind}`);
  await page.fill("#purpose", PURPOSE);
  await page.fill("#service", "forum");
  await page.check("input[name=source][value=folder]");
  await page.selectOption("select[name=folder]", folder);
  if (kind !== "census") return;
  await page.fill("#definition", DEFINITION);
  await page.fill("#seeds", desk.seeds.join("\n"));
}

async function setParameters(page, change) {
  await page.locator("details.field > summary").click();
  const parameters = JSON.parse(await page.locator("#parameters").inputValue());
  change(parameters);
  await page.fill("#parameters", JSON.stringify(parameters));
}

/** Sends the form and gives the path of the study. */
async function send(page) {
  await follow(page, ".study-form button", /\/studies\/study_/);
  return new URL(page.url()).pathname;
}

/** Orders a study through its form and waits until its page shows what it found. */
async function orderStudy(page, desk, kind) {
  await fillForm(page, desk, kind);
  if (kind === "census") {
    await setParameters(page, (parameters) => Object.assign(parameters.sample, SAMPLE));
  }
  const path = await send(page);
  await until(`${kind}: the study ends`, async () =>
    (await page.locator("#summary-heading").count()) === 1, 240);
  return path;
}

/** What the form refuses is said at its field, which bears what was written. */
async function refusedOrders(page, desk, language) {
  const cases = [
    ["purpose", "why", () => page.fill("#purpose", "why")],
    ["parameters", "not JSON", () => setText(page, "#parameters", "{no")],
    ["parameters", "out of range", () => setText(page, "#parameters", '{"listed_at_most":0}')],
    ["parameters", "unknown", () => setText(page, "#parameters", '{"speed":9}')],
    ["definition", "blank", () => page.fill("#definition", "   ")],
    ["seeds", "blank", () => page.fill("#seeds", " \n ")],
    ["until", "before the beginning", async () => {
      await page.check("input[name=source][value=history]");
      await page.fill("#until", "2001-01-01T00:00");
    }],
  ];
  for (const [field, what, spoil] of cases) {
    const name = `${language} order: ${field} ${what}`;
    await fillForm(page, desk, "census");
    await spoil();
    await Promise.all([page.waitForNavigation(), page.locator(".study-form button").click()]);
    const place = page.locator(`#${field}`);
    check(`${name}: is refused`, page.url().endsWith("/studies/new/census"), page.url());
    check(`${name}: at its field`, (await place.getAttribute("aria-invalid")) === "true");
    check(`${name}: there alone`, (await page.locator("[aria-invalid=true]").count()) === 1);
    const words = (await page.locator(`#${field}-problem`).innerText()).trim();
    const described = (await place.getAttribute("aria-describedby")) ?? "";
    check(`${name}: in words`, words.length > 10 && described.includes(`${field}-problem`), words);
    const isArabic = /[\u0600-\u06ff]/.test(words);
    check(`${name}: in the person's language`, isArabic === (language === "ar"), words);
    check(`${name}: the field is to be seen`, await place.isVisible());
    check(`${name}: what was written stays`,
      (await page.locator("#seeds").inputValue()).length > 0 || field === "seeds");
  }
  await look(page, language, "study-form-refused");
}

async function setText(page, selector, text) {
  await page.locator("details.field > summary").click();
  await page.fill(selector, text);
}

/** A study is stopped by keyboard, and goes on; one on a broken dataset fails with words. */
async function stopped(page, desk, language) {
  await fillForm(page, desk, "campaigns");
  let path = await send(page);
  await page.waitForSelector("progress.study-progress");
  await until(`${language} progress: said in words`, async () => {
    const told = await page.locator(".study-stage").allInnerTexts();
    return told.length === 1 && told[0] !== "" && !/[a-z]_[a-z]/.test(told[0]);
  });
  await look(page, language, "study-running");
  const button = page.locator("form[action$='/do/stop'] button");
  await page.reload();
  if ((await button.count()) === 0) {
    // It ended while it was looked at; another one is stopped at once.
    await fillForm(page, desk, "campaigns");
    path = await send(page);
    await button.waitFor();
  }
  await button.focus();
  await Promise.all([page.waitForURL(/done=study-stopped/), page.keyboard.press("Enter")]);
  const badge = await page.locator(".badge").innerText();
  check(`${language} stop: the study is stopped`, badge === WORDS[language].stopped, badge);
  check(`${language} stop: nothing is shown`, (await page.locator(".study-section").count()) === 0);
  await look(page, language, "study-stopped");
  return path;
}

async function failed(page, desk, language) {
  await fillForm(page, desk, "campaigns", "broken");
  const path = await send(page);
  await until(`${language} failure: is told`, async () => {
    const badge = await page.locator(".badge").allInnerTexts();
    return badge.join() === WORDS[language].failed;
  }, 60);
  check(`${language} failure: in words`, (await page.locator("[role=alert]").count()) === 1);
  await look(page, language, "study-failed");
  return path;
}

/** The ids and handles of the world that a text has. */
function named(desk, text) {
  const found = [...desk.secrets].filter((secret) => {
    const at = text.indexOf(secret);
    if (at < 0) return false;
    const around = [text[at - 1] ?? " ", text[at + secret.length] ?? " "];
    return around.every((letter) => !/[\p{L}\p{N}]/u.test(letter));
  });
  return found.slice(0, 5).join();
}

/** The posts that a text names, and the words of theirs that it has. */
function quoted(desk, text) {
  const ids = text.split(/[^\p{L}\p{N}]+/u).filter((word) => desk.posts.has(word));
  // Tags go first, so that the words on both sides of them do not run together.
  const phrases = text.replace(/<[^>]*>/g, " | ").split(/[|"]/).flatMap(phrasesOf);
  return [...ids, ...phrases.filter((phrase) => desk.phrases.has(phrase))].slice(0, 5).join("; ");
}

/** No masked page, network or export names an account or a post, or quotes anybody. */
async function masked(page, desk, language, made) {
  const paths = [];
  for (const [kind, path] of made) {
    paths.push(path, `${path}/network.json`, `${path}/export/report.html`);
    paths.push(`${path}/export/result.json`);
    await page.goto(desk.base + path);
    const links = page.locator("a[href*='/findings/'], a[href*='/accounts/']");
    const all = await links.evaluateAll((found) => found.map((one) => one.getAttribute("href")));
    // Once it is coded, a census is refused as a list where its score does not tell members apart.
    const isRefused = (await page.locator("#listed > .note").count()) === 1;
    check(`${language} ${kind}: accounts or findings have pages`, all.length > 0 || isRefused);
    paths.push(...new Set(all.slice(0, 4)));
  }
  for (const path of paths) {
    const answer = await page.request.get(desk.base + path);
    const text = await answer.text();
    const what = path.replace(/study_[0-9a-f]+/, "…");
    check(`${language} masked: ${what} comes`, answer.ok(), String(answer.status()));
    const found = named(desk, text);
    check(`${language} masked: ${what} names nobody`, found === "", found);
    const words = quoted(desk, text);
    check(`${language} masked: ${what} quotes nobody`, words === "", words);
  }
}

/** The posts of a finding, for a reason. */
async function unmaskPosts(page, desk, language) {
  const name = `${language} posts of a finding`;
  const heading = await page.locator("h1").innerText();
  const row = page.locator("#summary tbody th").first();
  check(`${name}: the group has its number`, (await row.innerText()) === heading);
  await page.locator("form[action$='/unmask']").evaluate((form) => (form.noValidate = true));
  await page.locator("#reason").focus();
  await page.keyboard.type("so");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check(`${name}: need a reason`,
    (await page.locator("#reason").getAttribute("aria-invalid")) === "true");
  check(`${name}: nobody is quoted without one`, quoted(desk, await page.content()) === "");
  await look(page, language, "finding-refused");
  await page.locator("#reason").focus();
  await page.keyboard.type("The same words again and again; they are to be read.");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check(`${name}: are shown`, quoted(desk, await page.content()) !== "");
  check(`${name}: nobody is named`, named(desk, await page.content()) === "");
  await look(page, language, "finding-shown");
}

/** From a finding to an account, behind its pseudonym for a reason, and on to a case. */
async function unmask(page, desk, language, made) {
  await page.goto(desk.base + made.get("campaigns"));
  const findings = page.locator("#findings a[href*='/findings/']");
  check(`${language}: campaigns of the world are found`, (await findings.count()) > 0);
  await follow(page, "#findings a[href*='/findings/']", /\/findings\//);
  await look(page, language, "finding");
  await unmaskPosts(page, desk, language);
  await follow(page, "#accounts a[href*='/accounts/']", /\/accounts\//);
  await look(page, language, "study-account");
  await page.locator("form[action$='/unmask']").evaluate((form) => (form.noValidate = true));
  await page.locator("#reason").focus();
  await page.keyboard.type("so");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  check(`${language} unmask: needs a reason`,
    (await page.locator("#reason").getAttribute("aria-invalid")) === "true");
  check(`${language} unmask: shows nobody without one`, named(desk, await page.content()) === "");
  await look(page, language, "study-account-refused");
  await page.locator("#reason").focus();
  await page.keyboard.type("The group passes on the same links within seconds.");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  const handle = await page.locator("#profile-heading ~ dl dd").first().innerText();
  check(`${language} unmask: shows the account`, desk.secrets.has(handle), handle);
  await look(page, language, "study-account-shown");
  const evidence = await page.locator("#case-evidence").inputValue();
  check(`${language} case: the evidence is filled in`, evidence.length > 40, evidence);
  await follow(page, "form[action$='/case'] button", /\/cases\/case_/);
  check(`${language} case: is opened`, page.url().includes("done=case-opened"), page.url());
  check(`${language} case: bears the evidence`,
    (await page.content()).includes(evidence.slice(0, 20)), evidence.slice(0, 20));
  await look(page, language, "case-from-study");
  await page.goto(`${desk.base}/records`);
  const kind = { en: "Account of a study seen", ar: "اطّلاع على حساب في دراسة" }[language];
  check(`${language} unmask: is a record`, (await page.getByText(kind).count()) > 0);
}

/** Somebody codes until nothing is left, by keyboard alone; gives how many were coded. */
async function codeAll(browser, desk, language, person, study, answer) {
  const { context, page, complaints } = await open(browser, {});
  await page.goto(`${desk.base}/sign-in?lang=${language}`);
  await page.fill("#login", person.login);
  await page.fill("#password", "correct horse battery");
  await follow(page, "main form button", /\/queues/);
  await page.goto(`${desk.base}${study}/coding`);
  await look(page, language, `coding-${person.login}`);
  check(`${language} coding: blind`, (await page.locator("#estimate, #scores").count()) === 0);
  let done = 0;
  for (; done < 2 * SAMPLE.accounts && (await page.locator("form.coding").count()) > 0; done += 1) {
    const handle = await page.locator("#profile-heading ~ dl dd").first().innerText();
    const chosen = answer(desk.belongs.has(handle), done) ? "member" : "not_member";
    await press(page, "en", chosen === "member" ? "Digit1" : "Digit2");
    const isChosen = await page.isChecked(`input[value=${chosen}]`);
    check(`${language} coding: the key chooses account ${done}`, isChosen);
    await go(page, "en", "Enter");
  }
  check(`${language} coding: comes to an end`, (await page.locator("form.coding").count()) === 0);
  await look(page, language, `coding-done-${person.login}`);
  const refused = await page.goto(`${desk.base}${study}/settle`);
  check(`${language} coding: a reviewer settles nothing`, refused.status() === 403);
  const told = complaints.join("; ");
  check(`${language} coding: nothing to complain about`, told === "", told);
  await context.close();
  return done;
}

/** Two people code blind and differ on one account; a third settles it; the estimate appears. */
async function coding(browser, page, desk, language, study) {
  const { plain, second } = desk.people;
  await page.goto(desk.base + study);
  check(`${language} estimate: none before coding`,
    (await page.locator("#estimate figure.plot").count()) === 0);
  const first = await codeAll(browser, desk, "en", plain, study, (belongs) => belongs);
  await page.goto(desk.base + study);
  check(`${language} estimate: none by one coder`,
    (await page.locator("#estimate figure.plot").count()) === 0);
  const other = await codeAll(browser, desk, "ar", second, study,
    (belongs, place) => belongs !== (place === DISPUTED));
  check("coding: both have the whole sample", first === other && first > 8, `${first} ${other}`);
  await page.goto(`${desk.base}${study}/settle`);
  await look(page, language, "settle");
  check("settle: one account differs", (await page.locator("form.coding").count()) === 1);
  const handle = await page.locator("#profile-heading ~ dl dd").first().innerText();
  await press(page, language, desk.belongs.has(handle) ? "Digit1" : "Digit2");
  await go(page, language, "Enter");
  check("settle: is kept", page.url().includes("done=coded"), page.url());
  check("settle: nothing else differs", (await page.locator("form.coding").count()) === 0);
  await look(page, language, "settle-done");
}

/** The census's page after coding: kappa and an estimate with its interval. */
async function estimated(page, desk, language, study) {
  await page.goto(desk.base + study);
  await until(`${language} estimate: is drawn`, async () =>
    (await page.locator("#estimate figure.plot svg").count()) > 0);
  const facts = page.locator("#estimate dl.facts > div");
  const kappa = facts.filter({ hasText: WORDS[language].kappa });
  const text = await kappa.locator("dd").innerText();
  check(`${language} estimate: kappa with its interval`,
    /^[01]?\.?\d+ \([−-]?[\d.]+–[\d.]+\)$/.test(text), text);
  const rows = page.locator("#estimate figure.plot tbody tr");
  check(`${language} estimate: by more than one way`, (await rows.count()) >= 2);
  const cell = rows.first().locator("td");
  const [low, value, high] = await cell.evaluate((one) =>
    [one.dataset.low, one.dataset.value, one.dataset.high].map(Number));
  check(`${language} estimate: lies in its interval`, low <= value && value <= high && low < high,
    `${low} ${value} ${high}`);
  await look(page, language, "study-census-coded");
}

/** Erases a study by keyboard: asked once more first, and gone from page and exports after. */
async function erase(page, desk, language, study) {
  await page.goto(desk.base + study);
  const accounts = page.locator("a[href*='/accounts/']");
  const account = (await accounts.count()) > 0 ? await accounts.first().getAttribute("href") : null;
  const summary = page.locator("details.erase summary");
  const button = page.locator("details.erase button");
  check(`${language} erase: asks first`, !(await button.isVisible()));
  await summary.focus();
  await page.keyboard.press("Enter");
  check(`${language} erase: says what goes`, await button.isVisible());
  await look(page, language, "study-erase");
  await page.keyboard.press("Tab");
  await Promise.all([page.waitForURL(/done=study-erased/), page.keyboard.press("Enter")]);
  const badge = await page.locator(".badge").innerText();
  check(`${language} erase: the study is erased`, badge === WORDS[language].erased, badge);
  const shown = await page.locator(".study-section").count();
  check(`${language} erase: nothing is shown`, shown === 0, `${shown}`);
  await look(page, language, "study-erased");
  const text = await page.content();
  check(`${language} erase: no seed stays`, desk.seeds.every((seed) => !text.includes(seed)));
  const gone = ["/network.json", "/export/report.html", "/export/result.json", "/findings/1"];
  const paths = gone.map((end) => study + end);
  for (const path of account === null ? paths : [...paths, account]) {
    const answer = await page.request.get(desk.base + path);
    const what = path.replace(study, "");
    check(`${language} erase: ${what} is gone`, answer.status() === 404, `${answer.status()}`);
  }
}

/** Every page of studies that have ended, in one language. */
async function everyStudy(page, desk, language, made) {
  await page.goto(`${desk.base}/studies`);
  await look(page, language, "studies");
  for (const [kind, path] of made) {
    await page.goto(`${desk.base}/studies/new/${kind}`);
    await look(page, language, `study-form-${kind}`);
    await page.goto(desk.base + path);
    await until(`${language} ${kind}: plots are drawn`, async () =>
      (await page.locator("figure.plot svg").count()) > 0);
    await look(page, language, `study-${kind}`);
  }
}

/** Studies on a narrow screen, and in the dark. */
async function otherScreens(browser, page, desk, language, made) {
  const storageState = await page.context().storageState();
  const narrow = await open(browser, { storageState, viewport: { width: 390, height: 840 } });
  const dark = await open(browser, { storageState, colorScheme: "dark" });
  for (const [kind, path] of made) {
    await narrow.page.goto(desk.base + path);
    await look(narrow.page, language, `study-${kind}-narrow`);
  }
  await narrow.page.goto(`${desk.base}/studies/new/census`);
  await look(narrow.page, language, "study-form-narrow");
  await dark.page.goto(desk.base + made.get("campaigns"));
  await look(dark.page, language, "study-campaigns-dark");
  await narrow.context.close();
  await dark.context.close();
}

/** Every kind of study, from its form to its erasure. */
export async function studies(browser, page, desk, language, made) {
  if (made.size === 0) {
    for (const kind of ["campaigns", "returns", "census"]) {
      made.set(kind, await orderStudy(page, desk, kind));
    }
  }
  await refusedOrders(page, desk, language);
  await everyStudy(page, desk, language, made);
  await otherScreens(browser, page, desk, language, made);
  await masked(page, desk, language, made);
  await unmask(page, desk, language, made);
  if (language === "en") await coding(browser, page, desk, language, made.get("census"));
  await estimated(page, desk, language, made.get("census"));
  await failed(page, desk, language);
  const unfinished = await stopped(page, desk, language);
  await erase(page, desk, language, language === "en" ? unfinished : made.get("returns"));
}
