// The series of each kind of plot, as ECharts draws them.
import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import type { ScatterSeriesOption } from "echarts/charts";
import type {
  CustomSeriesRenderItemAPI as Api,
  CustomSeriesRenderItemParams as Place,
  CustomSeriesRenderItemReturn as Drawn,
} from "echarts";
import {
  type Plot, SYMBOLS, colourOf, dashes, heatRange, logFloor, nameRoom, onScale, shown,
} from "./plot";
import type { Cell } from "./plot-table";
import { heatAt, inkOn } from "./theme";

type Series = BarSeriesOption | CustomSeriesOption | LineSeriesOption | ScatterSeriesOption;

/** Beyond so many points, a line bears no symbols. */
const MARKED_POINTS = 40;

function points(plot: Plot, index: number): (number | null)[][] {
  const isNamed = plot.table.axis === "name";
  return plot.table.rows.map((row, place) =>
    [isNamed ? place : row.at, onScale(plot, row.cells[index]?.value)]);
}

function line(plot: Plot, index: number): LineSeriesOption {
  const colour = colourOf(plot.colours, index);
  const form = dashes(index);
  return {
    type: "line",
    name: plot.table.series[index] ?? "",
    data: points(plot, index) as [number, number][],
    symbol: SYMBOLS[index % SYMBOLS.length] ?? "circle",
    symbolSize: 6,
    showSymbol: plot.table.rows.length <= MARKED_POINTS,
    itemStyle: { color: colour },
    lineStyle: { color: colour, width: 2, type: form.length === 0 ? "solid" : [...form] },
    emphasis: { disabled: true },
    ...(plot.kind === "area" ? { areaStyle: { color: colour, opacity: 0.28 } } : {}),
    ...(plot.isStacked ? { stack: "all" } : {}),
  };
}

function hasInterval(plot: Plot, index: number): boolean {
  return plot.table.rows.some((row) => row.cells[index]?.low != null);
}

function intervalRows(plot: Plot, index: number): number[][] {
  const isNamed = plot.table.axis === "name" || plot.kind === "bars";
  const floor = plot.isLog ? logFloor(plot) : -Infinity;
  return plot.table.rows.map((row, place) => {
    const { value, low, high } = row.cells[index] ?? ({} as Partial<Cell>);
    const ends = [low, high].map((one) => (one == null ? NaN : Math.max(one, floor)));
    return [isNamed ? place : row.at, onScale(plot, value) ?? NaN, ...ends];
  });
}

/** The band of a line's intervals. */
function band(plot: Plot, index: number): CustomSeriesOption {
  const rows = intervalRows(plot, index).filter((row) => row.every(Number.isFinite));
  return {
    type: "custom",
    data: rows,
    encode: { x: 0, y: [2, 3] },
    silent: true,
    tooltip: { show: false },
    z: 1,
    renderItem: (place: Place, api: Api): Drawn => {
      if (place.dataIndexInside !== 0) return null;
      const side = (dimension: number): number[][] =>
        rows.map((row) => api.coord([row[0] ?? 0, row[dimension] ?? 0]));
      const points = [...side(3), ...side(2).reverse()];
      const style = { fill: colourOf(plot.colours, index), opacity: 0.16 };
      return { type: "polygon", shape: { points }, style };
    },
  };
}

function bars(plot: Plot, index: number): BarSeriesOption {
  const { isMirrored } = plot.words;
  const away = isMirrored ? [3, 0, 0, 3] : [0, 3, 3, 0];
  return {
    type: "bar",
    name: plot.table.series[index] ?? "",
    data: plot.table.rows.map((row) => onScale(plot, row.cells[index]?.value) ?? "-"),
    barMaxWidth: plot.isLying ? 18 : 42,
    barGap: "8%",
    itemStyle: {
      color: colourOf(plot.colours, index),
      borderRadius: plot.isStacked ? 0 : plot.isLying ? away : [3, 3, 0, 0],
    },
    emphasis: { disabled: true },
    ...(plot.isStacked ? { stack: "all" } : {}),
  };
}

/** Moves a point along the axis of names or times: lanes of several series in one row. */
function laneOf(plot: Plot, index: number, step: number): number {
  const visible = shown(plot);
  return (visible.indexOf(index) - (visible.length - 1) / 2) * step;
}

/** A whisker from low to high, with the value as a dot where `dot` says so. */
function whisker(plot: Plot, index: number, dot: "dot" | "bare"): CustomSeriesOption {
  const colour = dot === "dot" ? colourOf(plot.colours, index) : plot.colours.ink;
  const encode = plot.isLying ? { y: 0, x: [1, 2, 3] } : { x: 0, y: [1, 2, 3] };
  return {
    type: "custom",
    name: plot.table.series[index] ?? "",
    data: intervalRows(plot, index),
    encode,
    z: 4,
    silent: dot === "bare",
    renderItem: (_place: Place, api: Api): Drawn => {
      const [at, value, low, high] = [0, 1, 2, 3].map((dimension) => Number(api.value(dimension)));
      const lane = dot === "dot" ? laneOf(plot, index, 14) : barLane(plot, index, api);
      const place = (one = NaN): number[] => lanePoint(plot, api, at ?? 0, one, lane);
      const parts = [
        ...whiskerLines(plot, place(low), place(high), colour),
        ...(dot === "dot" && Number.isFinite(value) ? [mark(index, place(value), colour)] : []),
      ];
      return { type: "group", children: parts } as Drawn;
    },
  };
}

/** How far the middle of a series' bar is from the middle of its row. */
function barLane(plot: Plot, index: number, api: Api): number {
  const count = shown(plot).length;
  if (count === 1 || plot.isStacked) return 0;
  const layout = api.barLayout({ count, barMaxWidth: plot.isLying ? 18 : 42, barGap: "8%" });
  return layout?.[shown(plot).indexOf(index)]?.offsetCenter ?? 0;
}

function lanePoint(plot: Plot, api: Api, at: number, value: number, lane: number): number[] {
  const [x = 0, y = 0] = plot.isLying ? api.coord([value, at]) : api.coord([at, value]);
  return plot.isLying ? [x, y + lane] : [x + lane, y];
}

function whiskerLines(plot: Plot, low: number[], high: number[], colour: string): object[] {
  const [x1 = NaN, y1 = NaN] = low;
  const [x2 = NaN, y2 = NaN] = high;
  if (![x1, y1, x2, y2].every(Number.isFinite)) return [];
  const cap = (x: number, y: number): Record<string, number> =>
    plot.isLying
      ? { x1: x, x2: x, y1: y - 4, y2: y + 4 }
      : { x1: x - 4, x2: x + 4, y1: y, y2: y };
  const shapes = [{ x1, y1, x2, y2 }, cap(x1, y1), cap(x2, y2)];
  // A rim in the colour of the ground keeps it apart from a bar below.
  const strokes = [
    { stroke: plot.colours.panel, lineWidth: 4, lineCap: "square" },
    { stroke: colour, lineWidth: 2 },
  ];
  return strokes.flatMap((style) => shapes.map((shape) => ({ type: "line", shape, style })));
}

/** The mark of a series: dot, square, triangle or diamond. */
function mark(index: number, at: number[], colour: string): object {
  const [x = 0, y = 0] = at;
  const style = { fill: colour };
  const polygon = (...corners: number[][]): object => ({
    type: "polygon",
    shape: { points: corners.map(([dx = 0, dy = 0]) => [x + dx, y + dy]) },
    style,
  });
  switch (SYMBOLS[index % SYMBOLS.length] ?? "circle") {
    case "rect":
      return polygon([-4.5, -4.5], [4.5, -4.5], [4.5, 4.5], [-4.5, 4.5]);
    case "triangle":
      return polygon([0, -5.5], [5.5, 4.5], [-5.5, 4.5]);
    case "diamond":
      return polygon([0, -6], [6, 0], [0, 6], [-6, 0]);
    case "circle":
      return { type: "circle", shape: { cx: x, cy: y, r: 5 }, style };
  }
}

function scatter(plot: Plot, index: number): ScatterSeriesOption {
  const isCrowded = plot.table.rows.length > 400;
  const colour = colourOf(plot.colours, index);
  return {
    type: "scatter",
    name: plot.table.series[index] ?? "",
    data: points(plot, index) as [number, number][],
    symbol: SYMBOLS[index % SYMBOLS.length] ?? "circle",
    symbolSize: isCrowded ? 5 : 8,
    itemStyle: { color: colour, opacity: 0.72, borderColor: plot.colours.panel, borderWidth: 0.5 },
    emphasis: { disabled: true },
  };
}

/** Bins with edges: given by the cells of the first column, else each reaches to the next. */
function bins(plot: Plot, index: number): CustomSeriesOption {
  const { rows } = plot.table;
  const width = (rows[1]?.at ?? 1) - (rows[0]?.at ?? 0);
  const data = rows.map((row, place) => {
    const from = row.from ?? row.at;
    const to = row.to ?? rows[place + 1]?.from ?? rows[place + 1]?.at ?? from + width;
    return [from, to, onScale(plot, row.cells[index]?.value) ?? NaN];
  });
  const colour = colourOf(plot.colours, index);
  const isAlone = shown(plot).length === 1;
  return {
    type: "custom",
    name: plot.table.series[index] ?? "",
    data,
    encode: { x: [0, 1], y: 2 },
    renderItem: (place: Place, api: Api): Drawn => {
      const [left, right] = [0, 1].map((end) => api.coord([api.value(end), api.value(2)]));
      const floor = place.coordSys as unknown as { y: number; height: number };
      const [x1 = 0, y = NaN] = left ?? [];
      const [x2 = 0] = right ?? [];
      if (!Number.isFinite(y)) return null;
      const shape = {
        x: Math.min(x1, x2) + 0.5,
        width: Math.max(1, Math.abs(x2 - x1) - 1),
        y,
        height: Math.max(0, floor.y + floor.height - y),
      };
      const style = { fill: colour, opacity: isAlone ? 1 : 0.45 };
      const edge = isAlone ? {} : { stroke: colour, lineWidth: 1 };
      return { type: "rect", shape, style: { ...style, ...edge } };
    },
  };
}

/** Where a value stands between the least and the most, from 0 to 1. */
function heatShare(plot: Plot, value: number): number {
  const [least, most] = heatRange(plot);
  if (most <= least) return 1;
  if (!plot.isLog) return (value - least) / (most - least);
  if (value <= 0) return 0;
  return (Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least));
}

function heat(plot: Plot): CustomSeriesOption {
  const { rows, series } = plot.table;
  const isTold = series.length > 0 && (plot.width - nameRoom(plot)) / series.length > 44;
  const data = rows.flatMap((row, y) =>
    row.cells.flatMap((cell, x) => (cell.value === null ? [] : [[x, y, cell.value]])));
  return {
    type: "custom",
    data,
    encode: { x: 0, y: 1 },
    renderItem: (_place: Place, api: Api): Drawn => {
      const [x, y, value] = [0, 1, 2].map((dimension) => Number(api.value(dimension)));
      const [middleX = 0, middleY = 0] = api.coord([x ?? 0, y ?? 0]);
      const [width = 0, height = 0] = api.size!([1, 1]) as number[];
      const fill = heatAt(plot.colours, heatShare(plot, value ?? 0));
      const box = {
        x: middleX - width / 2 + 1, y: middleY - height / 2 + 1,
        width: width - 2, height: height - 2, r: 2,
      };
      const text = isTold ? (rows[y ?? 0]?.cells[x ?? 0]?.text ?? "") : "";
      const style = {
        text, x: middleX, y: middleY, align: "center", verticalAlign: "middle",
        fill: inkOn(fill), font: `12px ${plot.font}`,
      };
      const children = [
        { type: "rect", shape: box, style: { fill } },
        { type: "text", style, silent: true },
      ];
      return { type: "group", children } as Drawn;
    },
  };
}

/** The series of a plot that are not switched off. */
export function seriesOf(plot: Plot): Series[] {
  const each = (make: (plot: Plot, index: number) => Series): Series[] =>
    shown(plot).map((index) => make(plot, index));
  const withIntervals = shown(plot).filter((index) => hasInterval(plot, index));
  switch (plot.kind) {
    case "line":
    case "area":
      return [...withIntervals.map((index) => band(plot, index)), ...each(line)];
    case "bars":
      return [...each(bars), ...withIntervals.map((index) => whisker(plot, index, "bare"))];
    case "histogram":
      return plot.table.axis === "name" ? each(bars) : each(bins);
    case "intervals":
      return each((one, index) => whisker(one, index, "dot"));
    case "scatter":
      return each(scatter);
    case "heat":
      return [heat(plot)];
  }
}
