// Draws plots from the tables of a page. A figure keeps its table, folded below the picture.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsType } from "echarts/core";
import { LegacyGridContainLabel } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { foldTable, make, svg } from "./parts";
import {
  KINDS, type Kind, type Plot, SYMBOLS, colourOf, dashes, heatRange, heightOf, isLying,
  isToldByRow, omitted,
} from "./plot";
import { optionsOf } from "./plot-options";
import { type Table, readTable } from "./plot-table";
import { type Colours, coloursOf, whenColoursChange } from "./theme";
import { label, wordsOf } from "./words";

use([
  BarChart, CustomChart, LineChart, ScatterChart, GridComponent, TooltipComponent,
  LegacyGridContainLabel, SVGRenderer,
]);

/** So many rows can be drawn as separate marks; the table keeps all. */
const MOST_ROWS = 20_000;

/** The sign of a series, as it is drawn: its line, its mark or its area. */
function swatch(kind: Kind, colours: Colours, index: number): SVGElement {
  const colour = colourOf(colours, index);
  const isArea = kind === "bars" || kind === "histogram";
  const width = isArea ? 12 : 22;
  const size = { viewBox: `0 0 ${width} 12`, width, height: 12 };
  const picture = svg("svg", { ...size, "aria-hidden": "true" });
  if (isArea) {
    picture.append(svg("rect", { width: 12, height: 12, rx: 2, fill: colour }));
    return picture;
  }
  if (kind !== "scatter") {
    const stroke = { stroke: colour, "stroke-width": 2, "stroke-dasharray": dashes(index).join() };
    picture.append(svg("line", { x1: 0, x2: 22, y1: 6, y2: 6, ...stroke }));
  }
  const path = {
    circle: "M7 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    rect: "M7 2h8v8h-8z",
    triangle: "M11 1.5l4.5 8.5h-9z",
    diamond: "M11 1l5 5-5 5-5-5z",
  }[SYMBOLS[index % SYMBOLS.length] ?? "circle"];
  picture.append(svg("path", { d: path, fill: colour }));
  return picture;
}

/** Buttons that name the series and switch them on and off. */
function legend(plot: Plot, redraw: () => void): HTMLElement | undefined {
  if (plot.kind === "heat" || plot.table.series.length < 2) return undefined;
  const list = make("ul", "plot-legend");
  plot.table.series.forEach((name, index) => {
    const button = make("button", "plot-series");
    button.type = "button";
    button.setAttribute("aria-pressed", String(!plot.hidden.has(index)));
    button.append(swatch(plot.kind, plot.colours, index), make("bdi", "", name));
    button.addEventListener("click", () => {
      if (!plot.hidden.delete(index)) plot.hidden.add(index);
      if (plot.hidden.size === plot.table.series.length) plot.hidden.delete(index);
      button.setAttribute("aria-pressed", String(!plot.hidden.has(index)));
      redraw();
    });
    const item = make("li", "");
    item.append(button);
    list.append(item);
  });
  return list;
}

/** The ramp of a heat map, from the least to the most. */
function ramp(plot: Plot, id: string): HTMLElement {
  const [least, most] = heatRange(plot);
  const told = plot.isPercent ? plot.words.percent : plot.words.short;
  const box = make("div", "plot-ramp");
  const picture = svg("svg", { width: 120, height: 10, "aria-hidden": "true" });
  const [start, end] = plot.words.isMirrored ? ["100%", "0%"] : ["0%", "100%"];
  const gradient = svg("linearGradient", { id, x1: start, x2: end });
  plot.colours.heat.forEach((colour, index) => {
    gradient.append(svg("stop", { offset: index / 2, "stop-color": colour }));
  });
  picture.append(gradient, svg("rect", { width: 120, height: 10, rx: 2, fill: `url(#${id})` }));
  box.append(make("span", "", told(least)), picture, make("span", "", told(most)));
  return box;
}

interface Pointed {
  seriesName?: string;
  dataIndex: number;
  data?: unknown;
}

/** What is told where the pointer is: the row's name and the cells as the server wrote them. */
function tip(plot: Plot, params: unknown): HTMLElement {
  const box = make("div", "plot-tip-box");
  box.dir = plot.words.isMirrored ? "rtl" : "ltr";
  const [first] = (Array.isArray(params) ? params : [params]) as Pointed[];
  if (first === undefined) return box;
  const told = (rowIndex: number, series: number[]): void => {
    const row = plot.table.rows[rowIndex];
    if (row === undefined) return;
    box.append(make("p", "plot-tip-name", row.name));
    for (const index of series) {
      const line = make("p", "plot-tip-line");
      const name = make("bdi", "", plot.table.series[index] ?? "");
      const value = make("bdi", "plot-tip-value", row.cells[index]?.text ?? "");
      if (plot.kind !== "heat") line.append(swatch(plot.kind, plot.colours, index));
      line.append(name, value);
      box.append(line);
    }
  };
  if (plot.kind === "heat") {
    const [column = 0, row = 0] = first.data as number[];
    told(row, [column]);
    return box;
  }
  const all = plot.table.series.map((_, index) => index).filter((index) => !plot.hidden.has(index));
  const one = plot.table.series.indexOf(first.seriesName ?? "");
  told(first.dataIndex, isToldByRow(plot) ? all : [one]);
  return box;
}

/** The places of a figure that a picture is drawn into. */
interface Frame {
  figure: HTMLElement;
  head: HTMLElement;
  picture: HTMLElement;
  below: HTMLElement;
  chart: EChartsType;
}

function frameOf(figure: HTMLElement, place: Element, isLyingDown: boolean): Frame {
  const { xLabel = "", yLabel = "" } = figure.dataset;
  const [above, under] = isLyingDown ? [xLabel, yLabel] : [yLabel, xLabel];
  const head = make("div", "plot-head");
  const picture = make("div", "plot-picture");
  picture.setAttribute("role", "img");
  const caption = figure.querySelector("figcaption")?.textContent ?? "";
  const name = caption.replace(/\s+/g, " ").trim();
  picture.setAttribute("aria-label", name);
  head.append(make("span", "plot-axis", above));
  const below = make("p", "plot-axis plot-axis-below", under);
  place.before(head, picture, below);
  foldTable(figure, "plot-numbers", name);
  return { figure, head, picture, below, chart: init(picture, null, { renderer: "svg" }) };
}

function plotOf(figure: HTMLElement, kind: Kind, table: Table): Plot {
  return {
    kind,
    table,
    words: wordsOf(figure),
    colours: coloursOf(figure),
    font: getComputedStyle(figure).fontFamily.replaceAll('"', "'"),
    isLog: figure.dataset["yScale"] === "log",
    isPercent: figure.dataset["yFormat"] === "percent",
    isStacked: figure.dataset["stack"] !== undefined,
    isLying: isLying(kind, table),
    hidden: new Set(),
    width: figure.clientWidth,
  };
}

/** Draws anew in the size and colours of this moment. */
function draw(frame: Frame, plot: Plot): void {
  plot.width = frame.picture.clientWidth;
  frame.picture.style.blockSize = `${heightOf(plot)}px`;
  frame.chart.resize();
  frame.chart.setOption(optionsOf(plot, (params) => tip(plot, params)), { notMerge: true });
}

/** Says how many values have no place on a logarithmic scale. */
function tellOmitted(frame: Frame, plot: Plot): void {
  const count = omitted(plot);
  if (count === 0) return;
  const words = label(frame.figure, "omitted", { count: plot.words.number(count) });
  if (words !== "") frame.below.after(make("p", "plot-note", words));
}

function show(figure: HTMLElement, number: number): void {
  const kind = KINDS.find((one) => one === figure.dataset["plot"]);
  const element = figure.querySelector("table");
  if (kind === undefined || element === null) return;
  const table = readTable(element);
  if (table.rows.length === 0 || table.series.length === 0) return;
  if (table.rows.length > MOST_ROWS) return;
  const plot = plotOf(figure, kind, table);
  const frame = frameOf(figure, element.closest(".table") ?? element, plot.isLying);
  const redraw = (): void => draw(frame, plot);
  const complete = (): void => {
    plot.colours = coloursOf(figure);
    frame.head.querySelector("ul, .plot-ramp")?.remove();
    const sign = kind === "heat" ? ramp(plot, `plot-ramp-${number}`) : legend(plot, redraw);
    if (sign !== undefined) frame.head.append(sign);
    redraw();
  };
  complete();
  tellOmitted(frame, plot);
  figure.classList.add("drawn");
  whenColoursChange(complete);
  new ResizeObserver(() => {
    if (frame.picture.clientWidth !== plot.width) redraw();
  }).observe(frame.picture);
}

/** Draws every plot of a page. A figure that cannot be drawn keeps its table as it is. */
export function drawPlots(page: Document): void {
  [...page.querySelectorAll<HTMLElement>("figure.plot[data-plot]")].forEach(show);
}
