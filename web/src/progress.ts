// How far a study is: asked for each second, told in words, and announced when its stage changes.
import { make } from "./parts";
import { type Words, label, wordsOf } from "./words";

/** What the server says of a study. */
interface Progress {
  state: string;
  /** The name of the stage; its words are in `data-stage-NAME`, else it is shown as it is. */
  stage: string;
  done: number;
  total: number;
  /** Seconds that are left, where they can be told. */
  remaining_s: number | null;
}

const OVER = ["finished", "failed", "cancelled", "erased"];
const EVERY = 1_500;
/** The longest wait between two questions where the server does not answer. */
const MOST = 15_000;
/** Announced again after so many parts of a hundred. */
const LOUD_STEP = 25;

/** A stage without words of its own is not named: the bar and the share tell enough. */
function stageOf(bar: HTMLElement, progress: Progress): string {
  return bar.getAttribute(`data-stage-${progress.stage}`) ?? "";
}

/** In whole parts of a hundred; `undefined` where the whole is not known. */
function percentOf(progress: Progress): number | undefined {
  if (!(progress.total > 0)) return undefined;
  return Math.min(100, Math.floor((100 * progress.done) / progress.total));
}

/** `Reading posts · 42 % · about 3 minutes left`. */
function told(bar: HTMLElement, words: Words, progress: Progress): string {
  const percent = percentOf(progress);
  const left = progress.remaining_s;
  return [
    stageOf(bar, progress),
    percent === undefined ? "" : words.percent(percent / 100),
    left == null ? "" : label(bar, "remaining", { time: words.duration(left) }),
  ].filter((part) => part !== "").join(" · ");
}

/** The lines below a bar: one to see, and one that screen readers announce. */
function linesOf(bar: HTMLProgressElement): { seen: HTMLElement; heard: HTMLElement } {
  const seen = make("p", "study-stage");
  const heard = make("p", "unseen");
  seen.setAttribute("aria-hidden", "true");
  heard.setAttribute("aria-live", "polite");
  bar.after(seen, heard);
  return { seen, heard };
}

async function ask(address: string): Promise<Progress | undefined> {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  return answer.ok ? ((await answer.json()) as Progress) : undefined;
}

/** Follows one bar until the study is over, then shows the page anew. */
async function follow(bar: HTMLProgressElement, address: string): Promise<void> {
  const words = wordsOf(bar);
  const { seen, heard } = linesOf(bar);
  let announced = "";
  for (let wait = EVERY; ; ) {
    const progress = await ask(address).catch(() => undefined);
    wait = progress === undefined ? Math.min(wait * 2, MOST) : EVERY;
    if (progress !== undefined) {
      if (OVER.includes(progress.state)) return location.reload();
      const text = told(bar, words, progress);
      const percent = percentOf(progress);
      seen.textContent = text;
      if (percent === undefined) bar.removeAttribute("value");
      else [bar.max, bar.value] = [100, percent];
      const loud = `${progress.stage} ${Math.floor((percent ?? 0) / LOUD_STEP)}`;
      if (loud !== announced) heard.textContent = text;
      announced = loud;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Follows every bar of a page. */
export function followProgress(page: Document): void {
  for (const bar of page.querySelectorAll<HTMLProgressElement>("progress.study-progress")) {
    const address = bar.dataset["status"];
    if (address !== undefined) void follow(bar, address);
  }
}
