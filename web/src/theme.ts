// Colours as the browser resolves them, so that those of the system are right too.

/** The colours of a picture, each as `rgb(…)`. */
export interface Colours {
  ink: string;
  soft: string;
  line: string;
  strong: string;
  panel: string;
  focus: string;
  /** For series and groups; `others` is for whatever has no colour of its own. */
  series: string[];
  others: string;
  /** From the least to the most, three stops. */
  heat: [string, string, string];
}

const SERIES = 7;
/** What changes the colours of a page while somebody looks at it. */
const CAUSES = [
  "(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)", "print",
];

/** Reads the colours that hold at an element. */
export function coloursOf(host: Element): Colours {
  const probe = host.appendChild(document.createElement("span"));
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours: Colours = {
    ink: read("ink"),
    soft: read("ink-soft"),
    line: read("line"),
    strong: read("line-strong"),
    panel: read("panel"),
    focus: read("focus"),
    series: Array.from({ length: SERIES }, (_, index) => read(`series-${index + 1}`)),
    others: read("series-others"),
    heat: [read("heat-low"), read("heat-middle"), read("heat-high")],
  };
  probe.remove();
  return colours;
}

/** Calls back when the colours may have changed. */
export function whenColoursChange(then: () => void): void {
  for (const cause of CAUSES) matchMedia(cause).addEventListener("change", then);
}

/** Red, green, blue (0 to 255) of `rgb(…)`. */
export function channels(colour: string): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** A colour of the ramp, for a share from 0 to 1. */
export function heatAt(colours: Colours, share: number): string {
  const [low, middle, high] = colours.heat;
  const [from, to] = share < 0.5 ? [low, middle] : [middle, high];
  const part = share < 0.5 ? share * 2 : share * 2 - 1;
  const ends = channels(to);
  const mixed = channels(from).map((one, index) => one + ((ends[index] ?? one) - one) * part);
  return `rgb(${mixed.map(Math.round).join(",")})`;
}

/** Black or white, whichever reads better on a colour. */
export function inkOn(colour: string): string {
  const linear = channels(colour).map((one) => (one / 255) ** 2.2);
  const light = 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  return light > 0.18 ? "#000" : "#fff";
}

/** Whether movement is to be avoided. */
export function isCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The colour of a group; the groups after the largest share one. */
export function colourOfGroup(colours: Colours, group: number): string {
  return colours.series[group] ?? colours.others;
}
