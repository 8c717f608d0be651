// One account with its neighbours in the light: drawn by hand above the network, so that it costs
// the same in a small and a large one.
import type Sigma from "sigma";
import { type Network, around } from "./network-data";
import type { Places } from "./network-places";
import { type Colours, colourOfGroup } from "./theme";

/** The most neighbours that are drawn around one account. */
export const MOST_NEIGHBOURS = 1_000;
/** The most neighbours that bear their names. */
const MOST_NAMES = 24;
const NAME_HEIGHT = 15;

/** A place in the picture, in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

interface Named extends Point {
  size: number;
  label?: string | null;
}

/** The places of names that are written already, so that none is written over another. */
export type Written = { left: number; right: number; y: number }[];

/** The state that is drawn. */
export interface State {
  network: Network;
  places: Places;
  /** Radius of each account in CSS pixels, where everything is seen. */
  radii: Float32Array;
  largest: number;
  colours: Colours;
  hidden: Set<number>;
  lit: number | undefined;
  isMoving: boolean;
  font: string;
  /** On which side of an account its name stands. */
  side: 1 | -1;
  written: Written;
}

/** Writes a name beside its account where there is room, with a rim in the colour of the ground. */
export function writeName(
  context: CanvasRenderingContext2D,
  at: Named,
  state: State,
  written: Written,
): void {
  if (at.label == null || at.label === "") return;
  const { side, colours } = state;
  context.font = `12px ${state.font}`;
  const start = at.x + side * (at.size + 4);
  const end = start + side * context.measureText(at.label).width;
  const box = { left: Math.min(start, end), right: Math.max(start, end), y: at.y };
  const isTaken = written.some((one) =>
    Math.abs(one.y - box.y) < NAME_HEIGHT && one.left < box.right && box.left < one.right);
  if (isTaken) return;
  written.push(box);
  context.textAlign = side === 1 ? "left" : "right";
  context.direction = "ltr";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = colours.panel;
  context.fillStyle = colours.ink;
  context.strokeText(at.label, start, at.y + 4);
  context.fillText(at.label, start, at.y + 4);
}

/** Where an account stands in the picture, in CSS pixels. */
function placeOf(sigma: Sigma, account: number): Named & { isHidden: boolean } {
  const data = sigma.getNodeDisplayData(String(account));
  const { x, y } = sigma.framedGraphToViewport({ x: data?.x ?? 0, y: data?.y ?? 0 });
  const size = sigma.scaleSize(data?.size ?? 0);
  return { x, y, size, label: data?.label ?? "", isHidden: data?.hidden ?? true };
}

/** Draws discs of one colour at once. */
function dots(context: CanvasRenderingContext2D, all: Named[], fill: string, rim: string): void {
  context.beginPath();
  for (const { x, y, size } of all) {
    const radius = Math.max(size, 3);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = fill;
  context.strokeStyle = rim;
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}

/** Draws the edges of the account in the light. */
function litEdges(context: CanvasRenderingContext2D, middle: Point, near: Point[]): void {
  context.lineWidth = 1;
  context.globalAlpha = near.length > 200 ? 0.35 : 0.7;
  context.beginPath();
  for (const one of near) {
    context.moveTo(middle.x, middle.y);
    context.lineTo(one.x, one.y);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** Draws the account in the light, its edges and its neighbours. */
export function drawLit(sigma: Sigma, context: CanvasRenderingContext2D, state: State): void {
  const { width, height } = sigma.getDimensions();
  context.clearRect(0, 0, width, height);
  if (state.lit === undefined) return;
  const { network, colours } = state;
  const colour = (account: number): string =>
    colourOfGroup(colours, network.groupOf[account] ?? 0);
  const middle = placeOf(sigma, state.lit);
  const near = [...new Set(around(network, state.lit))].slice(0, MOST_NEIGHBOURS)
    .map((account) => ({ fill: colour(account), ...placeOf(sigma, account) }))
    .filter((one) => !one.isHidden);
  context.strokeStyle = colours.soft;
  litEdges(context, middle, near);
  for (const fill of new Set(near.map((one) => one.fill))) {
    dots(context, near.filter((one) => one.fill === fill), fill, colours.panel);
  }
  dots(context, [{ ...middle, size: middle.size + 1.5 }], colour(state.lit), colours.ink);
  if (state.isMoving) return;
  const bySize = near.toSorted((one, other) => other.size - one.size).slice(0, MOST_NAMES);
  const written: Written = [];
  for (const one of [middle, ...bySize]) writeName(context, one, state, written);
}
