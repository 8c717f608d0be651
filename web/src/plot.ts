// What a plot is, and what follows from its table before anything is drawn.
import type { Table } from "./plot-table";
import type { Colours } from "./theme";
import type { Words } from "./words";

/** The kinds of plots, as `data-plot` names them. */
export const KINDS = [
  "line", "area", "bars", "histogram", "intervals", "scatter", "heat",
] as const;
export type Kind = (typeof KINDS)[number];

/** Everything that a picture is made from. */
export interface Plot {
  kind: Kind;
  table: Table;
  words: Words;
  colours: Colours;
  font: string;
  isLog: boolean;
  isPercent: boolean;
  isStacked: boolean;
  /** Whether values run along the line of text, and names stand below each other. */
  isLying: boolean;
  /** Series that the person switched off. */
  hidden: Set<number>;
  /** In CSS pixels. */
  width: number;
}

/** Told apart by form as well as by colour. */
export const SYMBOLS = ["circle", "rect", "triangle", "diamond"] as const;
const DASHES = ["solid", [7, 4], [2, 3], [9, 3, 2, 3]] as const;
/** Names longer than this stand below each other. */
const SHORT_NAME = 12;
const MOST_LYING = 40;
const ROW_HEIGHT = 30;
const HEIGHT = 260;

/** The dashes of a series' line; empty for an unbroken one. */
export function dashes(index: number): readonly number[] {
  const form = DASHES[Math.floor(index / 2) % DASHES.length];
  return form === undefined || form === "solid" ? [] : form;
}

/** The colour of a series. */
export function colourOf(colours: Colours, index: number): string {
  return colours.series[index % colours.series.length] ?? colours.others;
}

/** Whether names are too long to stand beside each other. */
export function isLying(kind: Kind, table: Table): boolean {
  if (table.axis !== "name" || table.rows.length > MOST_LYING) return false;
  if (kind === "intervals") return true;
  const isLong = table.rows.some((row) => row.name.length > SHORT_NAME);
  return kind === "bars" && isLong;
}

/** How high the picture is, in CSS pixels. */
export function heightOf(plot: Plot): number {
  const rows = plot.table.rows.length;
  if (plot.kind === "heat") return Math.max(160, Math.min(rows, 60) * ROW_HEIGHT + 50);
  if (!plot.isLying) return HEIGHT;
  const lanes = plot.isStacked ? 1 : Math.max(1, plot.table.series.length - plot.hidden.size);
  return rows * Math.max(ROW_HEIGHT, lanes * 18 + 12) + 44;
}

export function shown(plot: Plot): number[] {
  return plot.table.series.map((_, index) => index).filter((index) => !plot.hidden.has(index));
}

/** A value as it can stand on the scale: a logarithm has no place for zero. */
export function onScale(plot: Plot, value: number | null | undefined): number | null {
  if (value == null || (plot.isLog && value <= 0)) return null;
  return value;
}

/** How many values are in the table and not in the picture. */
export function omitted(plot: Plot): number {
  if (!plot.isLog || plot.kind === "heat") return 0;
  const values = plot.table.rows.flatMap((row) => row.cells.map((cell) => cell.value));
  return values.filter((value) => value !== null && value <= 0).length;
}

/** The smallest value on a logarithmic scale, a power of ten below all others. */
export function logFloor(plot: Plot): number {
  const values = plot.table.rows.flatMap((row) =>
    row.cells.flatMap((cell) => [cell.value, cell.low]));
  const positive = values.filter((value): value is number => value !== null && value > 0);
  const least = positive.reduce((one, other) => Math.min(one, other), Infinity);
  if (least === Infinity) return 0.1;
  return 10 ** Math.floor(Math.log10(least * 0.999));
}

/** The room for names beside a picture, in CSS pixels. */
export function nameRoom(plot: Plot): number {
  return Math.min(230, plot.width * 0.42);
}

/** From the least to the most of a table's values. */
export function heatRange(plot: Plot): [number, number] {
  const values = plot.table.rows.flatMap((row) => row.cells.map((cell) => cell.value));
  const known = values.filter((value): value is number => value !== null);
  const used = plot.isLog ? known.filter((value) => value > 0) : known;
  if (used.length === 0) return [0, 1];
  const [least, most] = [Math.min(...used), Math.max(...used)];
  return [isNaN(least) ? 0 : plot.isLog ? least : Math.min(0, least), most];
}

/** Whether a row is told as a whole wherever the pointer is above or below it. */
export function isToldByRow(plot: Plot): boolean {
  return ["line", "area", "bars"].includes(plot.kind);
}
