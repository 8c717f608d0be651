// The desk of exposure decisions in Chromium: one is noted, a measure taken, the report on it drafted,
// written and sent, a review asked for, and the decision withdrawn.
import { check, follow, look, open } from "./checks.mjs";

/** An instant that many days from now, as the forms take it. */
function day(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

async function note(page, desk, language) {
  await page.goto(`${desk.base}/exposures`);
  await look(page, language, "exposures-none");
  await page.selectOption("#service", "forum");
  await page.selectOption("#authority", "regulator");
  await page.fill("#note-reference", `5-4/${language}`);
  await page.fill("#note-notified", day(-82));
  await page.fill("#note-says", "Three final orders. ثلاثة أوامر نهائية.");
  await follow(page, "main form[action='/exposures'] button", /\/exposures\/exposure_/);
  check(`${language} exposure: what is owed stands quietly on every page`,
    (await page.locator(".pressing.quiet").count()) === 1);
  await look(page, language, "exposure-noted");
}

async function measure(page, language) {
  await page.locator("details:has(input[value=take_measure]) > summary").click();
  const form = page.locator("form:has(input[value=take_measure])");
  await form.locator("[name=title]").fill("Known texts wait for a person");
  await form.locator("[name=kind]").selectOption("technical");
  await form.locator("[name=words]").fill("Texts that a bank knows wait for a person.");
  await form.locator("[name=from]").fill(day(-80));
  await form.locator("[name=worked]").selectOption("program");
  await form.locator("[name=oversight]").fill("Two people look at each.");
  await form.locator("[name=effect]").fill("Nine of ten are found within the hour.");
  await form.locator("[name=limits]").fill("Public posts alone.");
  await form.locator("[name=rights]").fill("Nothing goes before a person looked.");
  await form.locator("[name=rules]").fill("known-terms");
  await Promise.all([page.waitForNavigation(), form.locator("button").click()]);
  check(`${language} exposure: the measure stands`,
    (await page.locator("main").innerText()).includes("Known texts wait for a person"));
  await look(page, language, "exposure-measure");
}

async function report(page, language) {
  const path = new URL(page.url()).pathname;
  await Promise.all([page.waitForNavigation(),
    page.locator("form:has(input[value=draft]) button").click()]);
  if (!page.url().includes("/report")) await page.goto(`${new URL(page.url()).origin}${path}/report`);
  await look(page, language, "exposure-draft");
  await page.fill("#done", "Known texts wait for a person.");
  await page.fill("#intended", "Pictures as well.");
  await Promise.all([page.waitForNavigation(),
    page.locator("form:has(#done) button").click()]);
  await page.goto(`${new URL(page.url()).origin}${path}/report`);
  await page.check("input[value=person]");
  await page.fill("#how", "By courier.");
  await Promise.all([page.waitForNavigation(),
    page.locator("form:has(#how) button").click()]);
  await page.goto(`${new URL(page.url()).origin}${path}/reports/1`);
  check(`${language} exposure: the report stays as it was sent`,
    (await page.locator("main").innerText()).includes("Pictures as well."));
  await look(page, language, "exposure-report");
  await page.goto(`${new URL(page.url()).origin}${path}`);
  check(`${language} exposure: nothing is owed soon`,
    (await page.locator(".pressing.quiet").count()) === 0);
}

async function withdraw(page, language) {
  await page.locator("details:has(#asks) > summary").click();
  await page.fill("#ask-reason", "No order came for a year.");
  await Promise.all([page.waitForNavigation(), page.locator("form:has(#asks) button").click()]);
  await page.fill("#again-reference", `5-7/${language}`);
  await page.fill("#again-notified", day(0));
  await page.fill("#again-says", "It is exposed no longer.");
  await Promise.all([page.waitForNavigation(),
    page.locator("button[value=withdraw]").click()]);
  check(`${language} exposure: withdrawn`,
    (await page.locator("button[value=withdraw]").count()) === 0);
  await look(page, language, "exposure-withdrawn");
}

/** Everything of this file in one language; `page` is a lead's. */
export async function exposures(browser, page, desk, language) {
  await note(page, desk, language);
  const path = new URL(page.url()).pathname;
  await measure(page, language);
  await report(page, language);
  await withdraw(page, language);
  await page.goto(`${desk.base}/exposures`);
  await look(page, language, "exposures");
  const storageState = await page.context().storageState();
  const small = await open(browser, { viewport: { width: 390, height: 840 }, storageState });
  await small.page.goto(desk.base + path);
  await look(small.page, language, "exposure-narrow");
  await small.context.close();
}
