// The desk of orders in Chromium: an order on paper is typed in, its sender called back, its links
// found, and it is carried out; another one is answered with Annex III.
import { check, follow, look, until } from "./checks.mjs";

/** The form of a removal order, by the keys of its fields. */
function form(reference, urls) {
  return {
    issuing_member_state: "DE", addressee: "Forum Example Ltd", order_reference: reference,
    contact_point: "orders@forum.example", hsp_member_state: "IE", urls,
    issued_at: new Date(Date.now() - 600_000).toISOString(), type_ticks: "A_INCITES",
    additional_reasons: "It calls for an attack.",
    authority_name: "Office of Example", representative: "A. Example", file_number: "17-A",
    address: "1 Example Street", phone: "+49 30 0000", email: "orders@authority.example",
    signed_date: "2026-05-01", followup_contact: "orders@authority.example",
    home_authority_contact: "home@authority.example", challenge_body: "Court of Example",
    challenge_deadline: "one month", challenge_law_link: "https://law.example/challenge",
  };
}

async function typeIn(page, desk, language, reference, urls) {
  await page.goto(`${desk.base}/orders`);
  await follow(page, "a[href='/orders/new?kind=tco_removal']", /\/orders\/new/);
  await look(page, language, "order-new");
  for (const [key, value] of Object.entries(form(reference, urls))) {
    await page.fill(`#field-${key}`, value);
  }
  await page.selectOption("#field-authority_type", "law_enforcement");
  await page.check("input[name=field-cross_border_tick]");
  await page.selectOption("#service", "forum");
  await follow(page, "main form button", /done=order-taken/);
}

/** Types an order in and carries it out. */
async function carryOut(page, desk, language, service) {
  const item = language === "en" ? "p1006" : "p1007";
  const links = `https://forum.example/p/${item}\nhttps://other.example/x the same picture`;
  await typeIn(page, desk, language, `2026/${language}`, links);
  const execute = page.locator("input[name=act][value=execute]");
  check(`${language} order: nothing can be done yet`, (await execute.count()) === 0);
  check(`${language} order: it presses`, (await page.locator(".pressing time").count()) === 1);
  await look(page, language, "order-held");
  await page.fill("#gone-1", "It is a page of another service.");
  await follow(page, "#gone-1 ~ button", /done=order-step/);
  await page.fill("#who", "A. Example, at the number on file");
  await follow(page, "form:has(#who) button", /done=order-step/);
  await look(page, language, "order-ready");
  const before = service.received.length;
  await follow(page, "form:has(input[value=execute]) button", /done=order-step/);
  await until(`${language} order: the service confirmed it`, async () => {
    await page.reload();
    return (await page.locator(".case-content .chip.delivered").count()) === 1;
  });
  const got = service.received.slice(before).map((one) => one.action);
  const disabled = got.filter((one) => one.kind === "disable" && one.target.item === item);
  check(`${language} order: the item is disabled`, disabled.length === 1, JSON.stringify(got));
  await until(`${language} order: Annex II is written`, async () => {
    await page.reload();
    return (await page.locator("summary:has-text('Annex II')").count()) === 1;
  });
  await look(page, language, "order-done");
  check(`${language} order: nothing presses`, (await page.locator(".pressing").count()) === 0);
}

/** Answers an order that names nothing. */
async function sendBack(page, desk, language) {
  await typeIn(page, desk, language, `2026/${language}/none`, "https://forum.example/about");
  await page.locator("details:has(#ground) summary").click();
  await page.selectOption("#ground", "insufficient_information");
  await page.fill("#information", "The address shows no content.");
  await follow(page, "form:has(#ground) button", /\/orders\/order_/);
  const refused = await page.locator("[role=alert]").count();
  check(`${language} order: what must be made clear is asked for`, refused === 1);
  await page.locator("details:has(#ground) summary").click();
  await page.selectOption("#ground", "insufficient_information");
  await page.fill("#information", "The address shows no content.");
  await page.fill("#clarification", "Which content is meant?");
  await follow(page, "form:has(#ground) button", /done=order-step/);
  check(`${language} order: the clock stands`, (await page.locator(".pressing").count()) === 0);
  await look(page, language, "order-stopped");
  await page.goto(`${desk.base}/orders`);
  await look(page, language, "orders");
}

/** Both, in one language. */
export async function orders(page, desk, language, service) {
  await carryOut(page, desk, language, service);
  await sendBack(page, desk, language);
}
