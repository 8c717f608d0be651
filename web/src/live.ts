// Parts of a page that change while somebody looks at it.

const SECOND = 1_000;
/** Waits between two questions, in milliseconds; after the last one the person looks again. */
const WAITS = [400, 600, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 13_000];

/** Says the message of the step before once more, so that a screen reader tells it. */
export function announce(page: Document): void {
  const told = page.querySelector<HTMLElement>("[role=status] .told");
  const words = told?.textContent;
  if (told === null || words == null) return;
  told.textContent = "";
  setTimeout(() => (told.textContent = words), 100);
}

async function fetched(address: string): Promise<Document | undefined> {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return undefined;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts a part of a fetched page in the place of ours, unless somebody is at it. */
function swap(page: Document, id: string, other: Document): void {
  const [ours, theirs] = [page.getElementById(id), other.getElementById(id)];
  if (ours === null || theirs === null || ours.contains(page.activeElement)) return;
  ours.replaceChildren(...theirs.childNodes);
}

/** Keeps the parts that ask for it up to date while the page is looked at. */
export function refresh(page: Document): void {
  for (const part of page.querySelectorAll<HTMLElement>("[data-refresh-seconds]")) {
    const seconds = Number(part.dataset["refreshSeconds"]);
    setInterval(async () => {
      if (page.hidden) return;
      const other = await fetched(location.pathname).catch(() => undefined);
      if (other !== undefined) swap(page, part.id, other);
    }, seconds * SECOND);
  }
}

/** Waits until the actions of a case are delivered, then shows what became of them. */
export async function waitForDeliveries(page: Document): Promise<void> {
  const address = page.getElementById("deliveries")?.dataset["pending"];
  if (address === undefined) return;
  for (const wait of WAITS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await fetch(address).catch(() => undefined);
    if (answer === undefined || !answer.ok) continue;
    const { pending } = (await answer.json()) as { pending: number };
    if (pending > 0) continue;
    const other = await fetched(location.pathname).catch(() => undefined);
    if (other !== undefined) swap(page, "deliveries", other);
    return;
  }
}

/** How often the line of what presses is asked for, in seconds. */
const PRESSING = 15;

/** Keeps the line of what presses up to date, on whichever page the person is. */
export function keepPressing(page: Document): void {
  const part = page.querySelector<HTMLElement>("[data-pressing]");
  const address = part?.dataset["pressing"];
  if (part === null || address === undefined) return;
  setInterval(async () => {
    const other = await fetched(address).catch(() => undefined);
    if (other !== undefined && !part.contains(page.activeElement)) {
      part.replaceChildren(...other.body.childNodes);
    }
  }, PRESSING * SECOND);
}
