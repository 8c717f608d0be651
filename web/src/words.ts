// Words, numbers and times in the language of the page. The server writes every label into data
// attributes; what is formatted here has the same digits and the same zone (UTC) as its pages.

/** Formats numbers and times as the page's language does. */
export interface Words {
  isMirrored: boolean;
  number(value: number): string;
  /** Few digits, for axes: `12K`. */
  short(value: number): string;
  percent(value: number): string;
  /** A time that lies in a span of so many milliseconds; finer spans show finer parts. */
  time(at: number, span: number): string;
  /** A length of time in its largest unit, written out. */
  duration(seconds: number): string;
}

const SECOND = 1_000;
export const DAY = 86_400 * SECOND;

/** Pages in Arabic are written with European digits, so these are too. */
function localeOf(element: Element): string {
  const language = element.closest("[lang]")?.getAttribute("lang") ?? "en";
  return language.startsWith("ar") ? `${language}-u-nu-latn` : language;
}

function timeFormat(locale: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" });
}

function durationFormat(locale: string): (seconds: number) => string {
  const told = (value: number, unit: string): string =>
    new Intl.NumberFormat(locale, {
      style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0,
    }).format(value);
  return (seconds) => {
    if (seconds < 90) return told(Math.max(1, Math.round(seconds)), "second");
    if (seconds < 5_400) return told(Math.round(seconds / 60), "minute");
    return told(Math.round(seconds / 3_600), "hour");
  };
}

/** The formats for an element, by the language that it stands in. */
export function wordsOf(element: Element): Words {
  const locale = localeOf(element);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const plain = new Intl.NumberFormat(locale, {
    maximumSignificantDigits: 4, useGrouping: "min2",
  });
  const compact = new Intl.NumberFormat(locale, {
    notation: "compact", maximumSignificantDigits: 3,
  });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 3 });
  const month = timeFormat(locale, { month: "short", year: "numeric" });
  const day = timeFormat(locale, { day: "numeric", month: "short" });
  const clock = timeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return {
    isMirrored: getComputedStyle(element).direction === "rtl",
    number: (value) => number.format(value),
    short: (value) => (Math.abs(value) < 10_000 ? plain : compact).format(value),
    percent: (value) => percent.format(value),
    time: (at, span) => {
      if (span > 400 * DAY) return month.format(at);
      if (span > 2 * DAY) return day.format(at);
      return at % DAY === 0 ? day.format(at) : clock.format(at);
    },
    duration: durationFormat(locale),
  };
}

/** A label from `data-label-NAME`, with its `{places}` filled in. */
export function label(
  element: HTMLElement,
  name: string,
  places: Record<string, string> = {},
): string {
  const text = element.getAttribute(`data-label-${name}`) ?? "";
  return text.replace(/\{(\w+)\}/g, (place, key: string) => places[key] ?? place);
}
