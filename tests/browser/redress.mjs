// The pages for people outside, and the desk that answers them: a notice from the form, a decision
// seen by its signed link with script turned off, a complaint, and somebody else's answer.
import { check, follow, look, open, until } from "./checks.mjs";

const WORDS = {
  en: { measure: "it was removed", open: "We have your complaint", done: "The decision is reversed",
    taken: "We have your notice", involved: "Somebody else has to hear" },
  ar: { measure: "أُزيل", open: "وصلتنا شكواك", done: "أُلغي القرار", taken: "وصلنا إشعارك",
    involved: "يجب أن ينظر في الشكوى شخص آخر" },
};

function item(id) {
  return {
    service: "forum", id, kind: "post", created_at: new Date().toISOString(), language: "en",
    text: "A stall at the old harbour, with the ashen banner above it.",
    author: { id: `author-of-${id}`, handle: `@of_${id}` },
  };
}

/** An item that a reviewer removed, with the link that its author would have. */
async function removed(desk, id) {
  const made = await desk.post("/v1/items?wait=verdict", [item(id)]);
  const { case: name } = made.items[0];
  await desk.post(`/v1/cases/${name}/decisions`, {
    reviewer: desk.people.plain.login, ruling: "violation", action: "remove",
    policy: "harbour.violent-extremism", reason: "Recruits for the Ashen Front.",
    protected_purpose: "none",
  });
  const { appeal_link: link } = await desk.get(`/v1/cases/${name}`);
  return { name, link };
}

/** Fills the form for notices and sends it. */
async function send(page, desk, language, place) {
  const answer = await page.goto(`${desk.base}/notice/forum?lang=${language}`);
  await page.check("input[value=illegal]");
  await page.fill("#location", place);
  await page.fill("#reason", "It calls for violence. إنه يدعو إلى العنف.");
  await page.fill("#name", "Nour");
  await page.fill("#email", "nour@mail.example");
  await page.check("input[name=good_faith]");
  await Promise.all([page.waitForNavigation(), page.locator("main form button").click()]);
  return answer;
}

/** The form for notices and what it answers. */
async function notice(page, desk, language) {
  await page.goto(`${desk.base}/notice/forum?lang=${language}`);
  await look(page, language, "notice");
  const answer = await send(page, desk, language, "nothing-like-that");
  const policy = answer.headers()["content-security-policy"] ?? "";
  check(`${language} notice: policy`, policy.startsWith("default-src 'none'; style-src"), policy);
  check(`${language} notice: no cookie`, answer.headers()["set-cookie"] === undefined);
  check(`${language} notice: the place is unknown`,
    (await page.locator("#problem").count()) === 1 &&
    (await page.locator("#name").inputValue()) === "Nour");
  await look(page, language, "notice-refused");
  await page.fill("#location", "p1001");
  await Promise.all([page.waitForNavigation(), page.locator("main form button").click()]);
  await taken(page, language);
  await look(page, language, "notice-taken");
}

async function taken(page, language) {
  const told = await page.locator("main").innerText();
  check(`${language} notice: taken`, told.includes(WORDS[language].taken) &&
    told.includes("notice_"), told);
}

/** The page of the decision before and after the complaint; `page` runs no script, `viewer` does,
    as what looks at a page needs it. */
async function complain(page, viewer, desk, language, link) {
  const address = `${desk.base}/appeal/${link}?lang=${language}`;
  await viewer.goto(address);
  await look(viewer, language, "appeal");
  await page.goto(address);
  check(`${language} appeal: what was done`,
    (await page.locator("main").innerText()).includes(WORDS[language].measure));
  await page.check("input[value=protected_purpose]");
  await page.fill("#reason", "It is a report. إنه تقرير.");
  await page.fill("#email", "person@mail.example");
  await Promise.all([page.waitForNavigation(), page.locator("#object form button").click()]);
  check(`${language} appeal: sent`,
    (await page.locator("#stands").innerText()).includes(WORDS[language].open));
  check(`${language} appeal: no second form`, (await page.locator("form").count()) === 0);
  await viewer.goto(address);
  await look(viewer, language, "appeal-open");
  const unknown = await viewer.goto(`${desk.base}/appeal/a.x.y?lang=${language}`);
  check(`${language} appeal: an unknown link`, unknown.status() === 404);
  await look(viewer, language, "appeal-unknown");
}

/** Whoever decided sees the appeal and cannot answer it. */
async function involved(browser, desk, language, path) {
  const { context, page } = await open(browser, {});
  await page.goto(`${desk.base}/sign-in?lang=${language}`);
  await page.fill("#login", desk.people.plain.login);
  await page.fill("#password", "correct horse battery");
  await follow(page, "main form button", /\/queues/);
  await page.goto(desk.base + path);
  check(`${language} appeal: whoever decided does not hear it`,
    (await page.locator("#involved").innerText()).includes(WORDS[language].involved) &&
    (await page.locator("#hear-form").count()) === 0);
  await look(page, language, "appeal-involved");
  await context.close();
}

/** A lead who had no part in it answers. */
async function answer(browser, page, desk, language) {
  await page.goto(`${desk.base}/appeals`);
  await look(page, language, "appeals");
  await follow(page, "a[data-row]", /\/appeals\/appeal_/);
  const path = new URL(page.url()).pathname;
  await look(page, language, "appeal-desk");
  await involved(browser, desk, language, path);
  await Promise.all([page.waitForNavigation(), page.locator("#hear-form > button").click()]);
  check(`${language} appeal: an answer needs an outcome`,
    (await page.locator("#problem").count()) === 1);
  await page.check("input[value=reversed]");
  await page.fill("#reason", "It is a report about them.");
  await page.check("input[name=entries][value=right]");
  await follow(page, "#hear-form > button", /done=heard/);
  await look(page, language, "appeal-heard");
}

/** The ladder, tried and put into force; the page of notifiers. */
async function ladder(page, desk, language) {
  await page.goto(`${desk.base}/ladder`);
  await page.fill("#steps", "1 warn\n3 suspend");
  await page.fill("#warning_days", "90");
  await page.fill("#reason", "Tried in the browser.");
  await Promise.all([page.waitForNavigation(), page.locator("button[value=try]").click()]);
  check(`${language} ladder: tried`, (await page.locator("#trial").count()) === 1);
  await look(page, language, "ladder-tried");
  await follow(page, "button[value=save]", /done=saved/);
  check(`${language} ladder: a version`, (await page.locator("#versions").count()) === 1);
  await page.goto(`${desk.base}/notifiers`);
  await look(page, language, "notifiers");
}

/** Everything of this file in one language; `page` is a lead's. */
export async function redress(browser, page, desk, language, service) {
  const plain = await open(browser, { javaScriptEnabled: false });
  const viewer = await open(browser, {});
  await notice(viewer.page, desk, language);
  await send(plain.page, desk, language, "p1001");
  await taken(plain.page, language);
  const { link } = await removed(desk, `p4-${language}`);
  await complain(plain.page, viewer.page, desk, language, link);
  const before = service.received.length;
  await answer(browser, page, desk, language);
  await until(`${language} appeal: the service restores`, async () =>
    service.received.slice(before).some((one) => one.action.kind === "restore"));
  await viewer.page.goto(`${desk.base}/appeal/${link}?lang=${language}`);
  check(`${language} appeal: the person is told`,
    (await viewer.page.locator("#stands").innerText()).includes(WORDS[language].done));
  await look(viewer.page, language, "appeal-reversed");
  for (const { context, complaints } of [plain, viewer]) {
    check(`${language} redress: no complaints`, complaints.length === 0, complaints.join("; "));
    await context.close();
  }
  await ladder(page, desk, language);
}
