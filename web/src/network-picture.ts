// The picture of a network: accounts and edges by sigma, with its camera and its pointer.
import { MultiUndirectedGraph } from "graphology";
import Sigma from "sigma";
import {
  EdgeLineProgram, type EdgeProgramType, NodePointProgram, type NodeProgramType,
} from "sigma/rendering";
import type { Network } from "./network-data";
import { type Point, type State, drawLit, writeName } from "./network-light";
import { placesOf, visitNear } from "./network-places";
import { type Colours, channels, colourOfGroup, isCalm } from "./theme";

/** What somebody may do in the picture. */
export interface Listener {
  pointed(account: number | undefined): void;
  opened(account: number, isElsewhere: boolean): void;
}

/** A drawn network. */
export interface Picture {
  /** Puts one account and its neighbours in the light, or none. */
  highlight(account: number | undefined): void;
  /** Moves to an account. */
  visit(account: number): void;
  /** Moves by shares of what is seen. */
  pan(right: number, down: number): void;
  zoom(direction: "in" | "out"): void;
  reset(): void;
  /** Shows or hides the accounts of groups, with their edges. */
  filter(groups: Set<number>, as: "shown" | "hidden"): void;
  recolour(colours: Colours): void;
}

/** Accounts and edges are added in parts of this size, so that the page answers meanwhile. */
const PART = 20_000;
/** The most accounts that are drawn while the picture moves. */
const MOST_MOVING = 5_000;
/** How long after the last movement edges and labels come back, in milliseconds. */
const SHORTEST_REST = 140;
const LONGEST_REST = 1_200;
/** How long the pointer stays before an account comes into the light, in milliseconds. */
const INTENT = 60;
/** How far from an account the pointer still means it, in CSS pixels. */
const NEAR = 3;
const MOVE = 250;
/** What edges bear on: the more there are, the fainter. */
const EDGE_STRENGTH = [0.5, 0.28, 0.14, 0.07] as const;

function edgeOpacity(count: number): number {
  const [few, some, many, most] = EDGE_STRENGTH;
  return count < 300 ? few : count < 3_000 ? some : count < 30_000 ? many : most;
}

/** A colour whose channels are weakened already, as the graphics card blends them. */
function weakened(colour: string, opacity: number): string {
  const parts = channels(colour).map((one) => Math.round(one * opacity));
  return `rgba(${parts.join(",")},${opacity})`;
}

/** Radius in CSS pixels, by the share of the largest. */
function radii(network: Network): Float32Array {
  const most = network.size.reduce((one, other) => Math.max(one, other), 0) || 1;
  const least = network.ids.length < 1_000 ? 4 : network.ids.length < 10_000 ? 2.2 : 1.2;
  return Float32Array.from(network.size, (size) => least + 9 * Math.sqrt(Math.max(0, size) / most));
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function graphOf(network: Network, sizes: Float32Array): Promise<MultiUndirectedGraph> {
  const graph = new MultiUndirectedGraph();
  // The large ones last, so that they are drawn above the small.
  const order = [...sizes.keys()].sort((one, other) => (sizes[one] ?? 0) - (sizes[other] ?? 0));
  for (const [place, index] of order.entries()) {
    if (place % PART === PART - 1) await nextFrame();
    const label = network.labels[index] ?? "";
    graph.addNode(index, { x: network.x[index], y: network.y[index], size: sizes[index], label });
  }
  for (let edge = 0; edge < network.edgeCount; edge += 1) {
    if (edge % PART === PART - 1) await nextFrame();
    graph.addEdgeWithKey(edge, network.edges[3 * edge], network.edges[3 * edge + 1]);
  }
  return graph;
}

/**
 * Accounts without the second, hidden picture in which sigma looks for the pointer. While the
 * picture moves, only the largest are drawn: they stand last, and carry the shape of the whole.
 */
function accountProgram(state: State): NodeProgramType {
  return class extends NodePointProgram {
    override render(params: Parameters<NodePointProgram["render"]>[0]): void {
      this.pickProgram = null;
      super.render(params);
    }

    override drawWebGL(...given: Parameters<NodePointProgram["drawWebGL"]>): void {
      const all = this.verticesCount;
      if (!state.isMoving || all <= MOST_MOVING) return super.drawWebGL(...given);
      const [method, { gl, frameBuffer }] = given;
      gl.bindFramebuffer(gl.FRAMEBUFFER, frameBuffer);
      gl.drawArrays(method, all - MOST_MOVING, MOST_MOVING);
    }
  } as NodeProgramType;
}

/** Edges that rest while the picture moves. sigma's own way reads the whole network anew. */
function edgeProgram(state: State): EdgeProgramType {
  return class extends EdgeLineProgram {
    override render(params: Parameters<EdgeLineProgram["render"]>[0]): void {
      if (!state.isMoving) super.render(params);
    }
  };
}

function newSigma(graph: MultiUndirectedGraph, stage: HTMLElement, state: State): Sigma {
  const colour = weakened(state.colours.soft, edgeOpacity(state.network.edgeCount));
  return new Sigma(graph, stage, {
    nodeProgramClasses: { circle: accountProgram(state) },
    edgeProgramClasses: { line: edgeProgram(state) },
    nodeReducer: (node, data) => {
      const group = state.network.groupOf[Number(node)] ?? 0;
      return {
        ...data,
        color: colourOfGroup(state.colours, group),
        hidden: state.hidden.has(group),
      };
    },
    defaultEdgeColor: colour,
    defaultDrawNodeLabel: (context, data) => writeName(context, data, state, state.written),
    defaultDrawNodeHover: () => undefined,
    hideLabelsOnMove: true,
    labelDensity: 0.6,
    labelGridCellSize: 110,
    labelRenderedSizeThreshold: 4.5,
    stagePadding: 24,
    // Accounts grow less than the picture, so that crowds come apart.
    zoomToSizeRatioFunction: (ratio) => Math.max(ratio, 0.01) ** 0.3,
    minCameraRatio: 0.004,
    maxCameraRatio: 2.5,
    zoomDuration: isCalm() ? 1 : 180,
    inertiaDuration: isCalm() ? 1 : 200,
    enableEdgeEvents: false,
    zIndex: false,
  });
}

/** Says that the whole picture is not there yet, until the next frame has drawn it. */
function draws(sigma: Sigma, state: State): void {
  const stage = sigma.getContainer();
  stage.setAttribute("aria-busy", "true");
  sigma.once("afterRender", () => {
    if (!state.isMoving) stage.removeAttribute("aria-busy");
  });
}

/** Keeps `isMoving` true while the camera moves, and shows everything again when it rests. */
function watchMovement(sigma: Sigma, state: State, then: () => void): void {
  let timer = 0;
  let rest = SHORTEST_REST;
  const showAll = (): void => {
    const began = performance.now();
    state.isMoving = false;
    draws(sigma, state);
    sigma.scheduleRender();
    then();
    // Where the whole picture takes long to draw, it waits longer for the next rest.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const took = performance.now() - began;
      rest = Math.min(LONGEST_REST, Math.max(SHORTEST_REST, 3 * took));
    }));
  };
  sigma.getCamera().on("updated", () => {
    state.isMoving = true;
    sigma.getContainer().setAttribute("aria-busy", "true");
    clearTimeout(timer);
    timer = window.setTimeout(showAll, rest);
  });
}

/** The account under a point: the topmost disc that holds it, else the nearest disc around it. */
function accountAt(sigma: Sigma, state: State, point: Point): number | undefined {
  const { network, places, radii } = state;
  const unit = 1 / sigma.getGraphToViewportRatio();
  const at = sigma.viewportToGraph(point);
  const sizeOf = (account: number): number => sigma.scaleSize(radii[account] ?? 0) * unit;
  let best: number | undefined;
  let least = NEAR * unit;
  visitNear(places, at, sigma.scaleSize(state.largest) * unit + least, (account) => {
    if (state.hidden.has(network.groupOf[account] ?? 0)) return;
    const apart = Math.hypot((network.x[account] ?? 0) - at.x, (network.y[account] ?? 0) - at.y);
    const size = sizeOf(account);
    // Large discs lie above small ones, so that among those that hold the point the largest wins.
    const distance = apart > size ? apart - size : -size;
    if (distance > least) return;
    least = distance;
    best = account;
  });
  return best;
}

/**
 * Tells of what is pointed at, clicked and tapped. Gives what looks again at the pointer, which may
 * be at another account after the picture has moved.
 */
function listen(sigma: Sigma, state: State, listener: Listener): () => void {
  const mouse = sigma.getMouseCaptor();
  let last: Point | undefined;
  let pointed: number | undefined;
  let intent = 0;
  const point = (account: number | undefined): void => {
    if (account === pointed) return;
    pointed = account;
    sigma.getContainer().classList.toggle("is-pointed", account !== undefined);
    clearTimeout(intent);
    intent = window.setTimeout(() => listener.pointed(account), INTENT);
  };
  const open = (at: Point, original: MouseEvent | TouchEvent): void => {
    const account = accountAt(sigma, state, at);
    if (account !== undefined) listener.opened(account, original.ctrlKey || original.metaKey);
  };
  const touch = sigma.getTouchCaptor();
  // sigma would look into its hidden picture at each of them.
  mouse.removeAllListeners();
  touch.removeAllListeners();
  const look = (): void => {
    if (!state.isMoving) point(last === undefined ? undefined : accountAt(sigma, state, last));
  };
  mouse.on("mousemove", ({ x, y }) => {
    last = { x, y };
    look();
  });
  mouse.on("mouseleave", () => {
    last = undefined;
    look();
  });
  mouse.on("click", (at) => open(at, at.original));
  touch.on("tap", ({ touches: [at], original }) => {
    if (at !== undefined) open(at, original);
  });
  return look;
}

/** Draws anew only the accounts that appear or disappear, and the edges that they have. */
function filter(sigma: Sigma, state: State, groups: Set<number>, as: "shown" | "hidden"): void {
  const { network, hidden } = state;
  for (const group of groups) {
    if (as === "shown") hidden.delete(group);
    else hidden.add(group);
  }
  const isTouched = (account = 0): boolean => groups.has(network.groupOf[account] ?? 0);
  const nodes = [...network.ids.keys()].filter(isTouched).map(String);
  const edges: string[] = [];
  for (let edge = 0; edge < network.edgeCount; edge += 1) {
    const [from, to] = [network.edges[3 * edge], network.edges[3 * edge + 1]];
    if (isTouched(from) || isTouched(to)) edges.push(String(edge));
  }
  draws(sigma, state);
  sigma.refresh({ partialGraph: { nodes, edges }, skipIndexation: true, schedule: true });
}

function pictureOf(sigma: Sigma, state: State, redrawLit: () => void): Picture {
  const camera = sigma.getCamera();
  const move = (to: Partial<ReturnType<typeof camera.getState>>): void => {
    if (isCalm()) camera.setState(to);
    else void camera.animate(to, { duration: MOVE });
  };
  return {
    highlight: (account) => {
      state.lit = account;
      sigma.getContainer().classList.toggle("has-lit", account !== undefined);
      redrawLit();
    },
    visit: (account) => {
      const { x = 0.5, y = 0.5 } = sigma.getNodeDisplayData(String(account)) ?? {};
      move({ x, y, ratio: Math.min(camera.ratio, state.network.ids.length < 1_000 ? 0.6 : 0.15) });
    },
    pan: (right, down) => {
      move({ x: camera.x + right * camera.ratio, y: camera.y - down * camera.ratio });
    },
    zoom: (direction) => move({ ratio: camera.ratio * (direction === "in" ? 1 / 1.6 : 1.6) }),
    reset: () => move({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
    filter: (groups, as) => filter(sigma, state, groups, as),
    recolour: (colours) => {
      state.colours = colours;
      const opacity = edgeOpacity(state.network.edgeCount);
      sigma.setSetting("defaultEdgeColor", weakened(colours.soft, opacity));
    },
  };
}

/** Draws a network into an empty element. Throws where there is no WebGL. */
export async function drawNetwork(
  stage: HTMLElement,
  network: Network,
  colours: Colours,
  listener: Listener,
): Promise<Picture> {
  const { fontFamily, direction } = getComputedStyle(stage);
  const sizes = radii(network);
  const state: State = {
    network,
    colours,
    places: placesOf(network.x, network.y),
    radii: sizes,
    largest: sizes.reduce((one, other) => Math.max(one, other), 0),
    hidden: new Set(),
    lit: undefined,
    isMoving: false,
    font: fontFamily,
    side: direction === "rtl" ? -1 : 1,
    written: [],
  };
  const sigma = newSigma(await graphOf(network, sizes), stage, state);
  sigma.createCanvasContext("lit", { style: { pointerEvents: "none" } });
  const context = sigma.getCanvases()["lit"]?.getContext("2d");
  if (context == null) throw new Error("there is no canvas to draw on");
  sigma.on("beforeRender", () => (state.written = []));
  sigma.resize(true).scheduleRender();
  const redrawLit = (): void => drawLit(sigma, context, state);
  sigma.on("afterRender", redrawLit);
  watchMovement(sigma, state, listen(sigma, state, listener));
  return pictureOf(sigma, state, redrawLit);
}
