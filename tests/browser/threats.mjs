// The desk of threats in Chromium: one is reported from a case with a key, a second person confirms
// it, whoever has no address is told by telephone; one against staff is found to be none.
import { check, follow, go, look, open } from "./checks.mjs";

async function report(page, desk, language) {
  await page.goto(`${desk.base}/cases`);
  await follow(page, "a[data-row]:has-text('p1004')", /\/cases\/case_/);
  await go(page, language, "KeyT");
  check(`${language} threat: at the form`, page.url().includes("/threat"), page.url());
  await look(page, language, "threat-new");
  const known = await page.locator("#field-account").inputValue();
  check(`${language} threat: the case fills the form`, known !== "", known);
  await page.selectOption("#field-danger", "attack");
  await page.selectOption("#field-imminence", "within_hours");
  await page.fill("#field-assessment", "It names a place and an hour. يذكر مكانًا وساعة.");
  await page.fill("#field-states_concerned", "DE, FR");
  await follow(page, "#threat-form > button", /done=threat-raised/);
  check(`${language} threat: not by the same person`,
    (await page.locator("input[name=act][value=confirm]").count()) === 0);
  check(`${language} threat: it presses`, (await page.locator(".pressing.late").count()) === 1);
  await look(page, language, "threat-raised");
  return new URL(page.url()).pathname;
}

/** A second person in a browser of their own. */
async function second(browser, desk, language) {
  const { context, page, complaints } = await open(browser, {});
  await page.goto(`${desk.base}/sign-in?lang=${language}`);
  await page.fill("#login", desk.people.plain.login);
  await page.fill("#password", "correct horse battery");
  await follow(page, "main form button", /\/queues/);
  return { context, page, complaints };
}

async function confirm(page, desk, language, path) {
  await page.goto(desk.base + path);
  await page.locator("form:has(input[value=told]) input[name=note]").first().fill(" ");
  await Promise.all([
    page.waitForNavigation(), page.locator("form:has(input[value=told]) button").first().click(),
  ]);
  check(`${language} threat: how it was told is asked for`,
    (await page.locator("#problem").count()) === 1);
  await follow(page, "form:has(input[value=confirm]) button", /done=threat-step/);
  check(`${language} threat: the letter is written`,
    (await page.locator("summary:has-text('URGENT')").count()) === 1);
  await look(page, language, "threat-sent");
  for (let left = await page.locator("input[value=told]").count(); left > 0; left -= 1) {
    await page.locator("form:has(input[value=told]) input[name=note]").first()
      .fill("Called the duty officer.");
    await follow(page, "form:has(input[value=told]) button", /done=threat-step/);
  }
  await page.fill("#answer", "Office of Example, 4/26");
  await follow(page, "form:has(#answer) button", /done=threat-step/);
  await look(page, language, "threat-delivered");
}

async function staff(page, other, desk, language) {
  await page.goto(`${desk.base}/cases`);
  await follow(page, "a[data-row]:has-text('p1004')", /\/cases\/case_/);
  await look(page, language, "case-with-threat");
  await follow(page, "[data-does=threat]", /\/threat/);
  await follow(page, ".switch a[href$='kind=staff']", /kind=staff/);
  await page.selectOption("#field-threatened", "one_person");
  await page.selectOption("#field-imminence", "not_known");
  await page.fill("#field-assessment", "It names a street.");
  await follow(page, "#threat-form > button", /done=threat-raised/);
  const path = new URL(page.url()).pathname;
  await other.goto(desk.base + path);
  await other.locator("details:has(#dismiss-reason) summary").click();
  await other.fill("#dismiss-reason", "It is a line of a film.");
  await follow(other, "form:has(#dismiss-reason) button", /done=threat-step/);
  await page.goto(`${desk.base}/threats`);
  await look(page, language, "threats");
  check(`${language} threat: nothing presses`, (await page.locator(".pressing").count()) === 0);
}

/** Everything of this file in one language; `page` is a lead's. */
export async function threats(browser, page, desk, language) {
  const path = await report(page, desk, language);
  const other = await second(browser, desk, language);
  await confirm(other.page, desk, language, path);
  await staff(page, other.page, desk, language);
  const told = other.complaints.join("; ");
  check(`${language} threats: no complaints`, told === "", told);
  await other.context.close();
  const narrow = { viewport: { width: 390, height: 840 } };
  const storageState = await page.context().storageState();
  const small = await open(browser, { ...narrow, storageState });
  await small.page.goto(desk.base + path);
  await look(small.page, language, "threat-narrow");
  await small.context.close();
}
