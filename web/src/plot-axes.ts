// The axes of a plot, in the words of the page and mirrored where they run from right to left.
import { type Kind, type Plot, logFloor, nameRoom } from "./plot";

type Axis = Record<string, unknown>;

function formatValue(plot: Plot, value: number): string {
  return plot.isPercent ? plot.words.percent(value) : plot.words.short(value);
}

function lineStyles(plot: Plot, of: "values" | "names"): Axis {
  const isGrid = of === "values";
  const { line, strong, soft } = plot.colours;
  return {
    axisLine: { show: !isGrid, lineStyle: { color: strong, width: 1 } },
    axisTick: { show: !isGrid, length: 4, lineStyle: { color: strong } },
    splitLine: { show: isGrid, lineStyle: { color: line, width: 1 } },
    minorTick: { show: false },
    axisLabel: { color: soft, fontFamily: plot.font, fontSize: 12, hideOverlap: true },
    axisPointer: { lineStyle: { color: strong, type: "solid" }, label: { show: false } },
  };
}

function withLabels(axis: Axis, more: Axis): Axis {
  return { ...axis, axisLabel: { ...(axis["axisLabel"] as Axis), ...more } };
}

/** Whether values count from zero; positions do not have to. */
function isFromZero(kind: Kind): boolean {
  return kind === "bars" || kind === "histogram" || kind === "area";
}

/** Whether every value is a whole number, so that no half of one stands at the axis. */
function isCounted(plot: Plot): boolean {
  const cells = plot.table.rows.flatMap((row) => row.cells);
  return !plot.isPercent && cells.every((cell) =>
    [cell.value, cell.low, cell.high].every((one) => one == null || Number.isInteger(one)));
}

/** Shares end at the whole, not at a rounder number above it. */
function wholeAtMost({ max }: { max: number }): number | null {
  return max > 0.8 && max <= 1 ? 1 : null;
}

function valueAxis(plot: Plot): Axis {
  const axis = {
    ...lineStyles(plot, "values"),
    type: plot.isLog ? "log" : "value",
    scale: !isFromZero(plot.kind),
    splitNumber: 4,
    ...(plot.isLog ? { min: logFloor(plot), startValue: logFloor(plot) } : {}),
    ...(isCounted(plot) ? { minInterval: 1 } : {}),
    ...(plot.isPercent ? { max: wholeAtMost } : {}),
  };
  return withLabels(axis, { formatter: (value: number) => formatValue(plot, value) });
}

function nameAxis(plot: Plot, names: string[], room: number): Axis {
  const axis = { ...lineStyles(plot, "names"), type: "category", data: names };
  const ticks = { show: false };
  return withLabels({ ...axis, axisTick: ticks }, { width: room, overflow: "truncate" });
}

/** The axis of the first column. */
function firstAxis(plot: Plot): Axis {
  const { axis, rows } = plot.table;
  const names = rows.map((row) => row.name);
  if (axis === "name" || plot.kind === "bars") {
    return nameAxis(plot, axis === "time" ? timeNames(plot) : names, 110);
  }
  const base = { ...lineStyles(plot, "names"), splitNumber: 6 };
  if (axis === "number") {
    const format = { formatter: (value: number) => plot.words.short(value) };
    return withLabels({ ...base, type: "value", scale: true }, format);
  }
  const span = timeSpan(plot);
  const format = { formatter: (value: number) => plot.words.time(value, span) };
  return withLabels({ ...base, type: "time" }, format);
}

function timeSpan(plot: Plot): number {
  const times = plot.table.rows.map((row) => row.at);
  const [first = 0] = times;
  return times.reduce((most, at) => Math.max(most, Math.abs(at - first)), 0);
}

function timeNames(plot: Plot): string[] {
  const span = timeSpan(plot);
  return plot.table.rows.map((row) => plot.words.time(row.at, span));
}

/** The two axes, mirrored where text runs from right to left. */
export function axesOf(plot: Plot): Axis {
  const { isMirrored } = plot.words;
  const side = isMirrored ? "right" : "left";
  if (plot.kind === "heat") {
    const names = plot.table.rows.map((row) => row.name);
    const none = { axisLine: { show: false } };
    return {
      xAxis: { ...nameAxis(plot, plot.table.series, 90), ...none, inverse: isMirrored },
      yAxis: { ...nameAxis(plot, names, nameRoom(plot)), ...none, inverse: true, position: side },
    };
  }
  if (plot.isLying) {
    const names = nameAxis(plot, plot.table.rows.map((row) => row.name), nameRoom(plot));
    return {
      xAxis: { ...valueAxis(plot), inverse: isMirrored },
      yAxis: { ...names, inverse: true, position: side },
    };
  }
  return {
    xAxis: { ...firstAxis(plot), inverse: isMirrored },
    yAxis: { ...valueAxis(plot), position: side },
  };
}
