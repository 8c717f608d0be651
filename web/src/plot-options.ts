// A plot as options for ECharts.
import type { EChartsCoreOption } from "echarts/core";
import { type Plot, isToldByRow } from "./plot";
import { axesOf } from "./plot-axes";
import { seriesOf } from "./plot-series";

/** Room for half a label beyond the ends of an axis. */
const EDGE = 28;

/** Margins: labels at the far end of an axis reach beyond it. */
function sides(plot: Plot): { left: number; right: number } {
  const far = plot.kind === "heat" ? 6 : EDGE;
  return plot.words.isMirrored ? { left: far, right: 6 } : { left: 6, right: far };
}

/** The options for ECharts; `tell` makes what is shown where the pointer is. */
export function optionsOf(
  plot: Plot,
  tell: (params: unknown) => HTMLElement,
): EChartsCoreOption {
  return {
    ...axesOf(plot),
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: plot.font, color: plot.colours.ink },
    // The newer way (`outerBounds`) shrinks mirrored pictures too much.
    grid: { ...sides(plot), top: 10, bottom: 4, containLabel: true },
    tooltip: {
      trigger: isToldByRow(plot) ? "axis" : "item",
      axisPointer: { type: plot.kind === "bars" ? "shadow" : "line" },
      confine: true,
      className: "plot-tip",
      backgroundColor: "transparent",
      borderWidth: 0,
      padding: 0,
      extraCssText: "box-shadow:none",
      transitionDuration: 0,
      formatter: tell,
    },
    series: seriesOf(plot),
  };
}
