// Reads what a plot shows from its table. The table is the truth: without script it stands, and a
// plot never shows what is not in it.

/** What a cell holds; `null` where it has no number. */
export interface Cell {
  value: number | null;
  low: number | null;
  high: number | null;
  /** As the server formatted it. */
  text: string;
}

/** A row: where it stands on the axis, and a cell for each series. */
export interface Row {
  /** The number or time (milliseconds) of the first column; the row's number where it is a name. */
  at: number;
  /** The edges of a bin, where the first column gives them. */
  from: number | null;
  to: number | null;
  name: string;
  cells: Cell[];
}

/** The first column holds times, numbers or names. */
export type AxisKind = "time" | "number" | "name";

/** A table as a plot needs it. */
export interface Table {
  axis: AxisKind;
  series: string[];
  rows: Row[];
}

function textOf(cell: Element | undefined): string {
  return cell?.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/** The number in an attribute or text; `null` where there is none. */
function numberIn(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

function cellOf(cell: HTMLTableCellElement | undefined): Cell {
  const data = cell?.dataset ?? {};
  const text = textOf(cell);
  return {
    value: numberIn(data["value"]) ?? numberIn(text.replace(/[\s,\u202f]/g, "")),
    low: numberIn(data["low"]),
    high: numberIn(data["high"]),
    text,
  };
}

function timeIn(cell: Element | undefined): number | null {
  const written = cell?.querySelector("time")?.getAttribute("datetime");
  const at = written == null ? NaN : Date.parse(written);
  return Number.isNaN(at) ? null : at;
}

function axisOf(firsts: (HTMLTableCellElement | undefined)[]): AxisKind {
  if (firsts.length === 0) return "name";
  if (firsts.every((cell) => timeIn(cell) !== null)) return "time";
  const hasNumber = (cell: HTMLTableCellElement | undefined): boolean =>
    cell !== undefined && cellOf(cell).value !== null;
  return firsts.every(hasNumber) ? "number" : "name";
}

function rowOf(cells: HTMLTableCellElement[], index: number, axis: AxisKind): Row {
  const first = cellOf(cells[0]);
  const at = axis === "time" ? timeIn(cells[0]) : axis === "number" ? first.value : index;
  return {
    at: at ?? index,
    from: first.low,
    to: first.high,
    name: first.text,
    cells: cells.slice(1).map(cellOf),
  };
}

/** Leaves out the columns without any number, and those whose head does not say that they have. */
function withNumbers(table: Table, heads: Element[]): Table {
  const isSaid = heads.some((head) => head.classList.contains("number"));
  const kept = table.series
    .map((_, index) => index)
    .filter((index) => !isSaid || heads[index]?.classList.contains("number"))
    .filter((index) => table.rows.some((row) => row.cells[index]?.value != null));
  const empty: Cell = { value: null, low: null, high: null, text: "" };
  return {
    axis: table.axis,
    series: kept.map((index) => table.series[index] ?? ""),
    rows: table.rows.map((row) => ({
      ...row, cells: kept.map((index) => row.cells[index] ?? empty),
    })),
  };
}

/** Reads a table: its header row names the series, its first column is the axis. */
export function readTable(table: HTMLTableElement): Table {
  const [header] = table.tHead?.rows ?? [];
  const body = [...table.tBodies].flatMap((part) => [...part.rows]);
  const cells = body.map((row) => [...row.cells]);
  const axis = axisOf(cells.map((row) => row[0]));
  const heads = [...(header?.cells ?? [])].slice(1);
  const rows = cells.map((row, index) => rowOf(row, index, axis));
  return withNumbers({ axis, series: heads.map(textOf), rows }, heads);
}
