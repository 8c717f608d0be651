// The network as the server gives it, checked, with each account's neighbours at hand.

/** As it is sent: columns, and edges as triples of two places in them and a weight. */
interface Sent {
  ids: string[];
  labels: string[];
  x: number[];
  y: number[];
  size: number[];
  group: (number | string)[];
  score?: number[];
  groups?: string[];
  edges: number[];
  /** Address of an account's page, with `{id}` for the account. */
  links?: string;
}

/** A network that can be drawn. */
export interface Network extends Sent {
  edgeCount: number;
  /** The neighbours of account `i`: `neighbours[starts[i] .. starts[i + 1]]`. */
  starts: Uint32Array;
  neighbours: Uint32Array;
  /** For each account its place in `names`. */
  groupOf: Uint16Array;
  /** The groups, the largest first. */
  names: string[];
  counts: number[];
}

/** Beyond these a browser does not stay fluent. The server sends fewer. */
const MOST_ACCOUNTS = 200_000;
const MOST_EDGES = 1_000_000;

function isUsable(sent: Sent): boolean {
  const count = sent.ids.length;
  const columns: unknown[][] = [sent.labels, sent.x, sent.y, sent.size, sent.group];
  const isPlaced = [...sent.x.keys()].every((index) =>
    Number.isFinite(sent.x[index]) && Number.isFinite(sent.y[index]));
  return (
    count > 0 && count <= MOST_ACCOUNTS && sent.edges.length <= 3 * MOST_EDGES &&
    sent.edges.length % 3 === 0 && isPlaced && columns.every((column) => column.length === count)
  );
}

function isEdge(sent: Sent, place: number): boolean {
  const [from = -1, to = -1] = [sent.edges[place], sent.edges[place + 1]];
  const isIn = (index: number): boolean =>
    Number.isInteger(index) && index >= 0 && index < sent.ids.length;
  return isIn(from) && isIn(to) && from !== to;
}

/** Lists each account's neighbours one after the other. */
function neighboursOf(count: number, edges: number[]): Pick<Network, "starts" | "neighbours"> {
  const starts = new Uint32Array(count + 1);
  const ends = (visit: (from: number, to: number) => void): void => {
    for (let place = 0; place < edges.length; place += 3) {
      const [from = 0, to = 0] = [edges[place], edges[place + 1]];
      visit(from, to);
      visit(to, from);
    }
  };
  ends((from) => (starts[from + 1] = (starts[from + 1] ?? 0) + 1));
  for (let index = 0; index < count; index += 1) {
    starts[index + 1] = (starts[index + 1] ?? 0) + (starts[index] ?? 0);
  }
  const next = starts.slice();
  const neighbours = new Uint32Array(2 * (edges.length / 3));
  ends((from, to) => {
    const place = next[from] ?? 0;
    neighbours[place] = to;
    next[from] = place + 1;
  });
  return { starts, neighbours };
}

function groupsOf(sent: Sent): Pick<Network, "groupOf" | "names" | "counts"> {
  const sizes = new Map<string, number>();
  const keys = sent.group.map(String);
  for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  const order = [...sizes].sort((one, other) => other[1] - one[1]);
  const places = new Map(order.map(([key], index) => [key, index]));
  return {
    groupOf: Uint16Array.from(keys, (key) => places.get(key) ?? 0),
    names: order.map(([key]) => sent.groups?.[Number(key)] ?? key),
    counts: order.map(([, count]) => count),
  };
}

/** Checks what was sent; `undefined` where it cannot be drawn. */
export function networkOf(given: unknown): Network | undefined {
  const sent = given as Sent;
  const needed = ["ids", "labels", "x", "y", "size", "group", "edges"] as const;
  if (typeof given !== "object" || given === null) return undefined;
  if (!needed.every((name) => Array.isArray(sent[name])) || !isUsable(sent)) return undefined;
  const edges: number[] = [];
  for (let place = 0; place < sent.edges.length; place += 3) {
    if (isEdge(sent, place)) edges.push(...sent.edges.slice(place, place + 3));
  }
  return {
    ...sent,
    edges,
    edgeCount: edges.length / 3,
    ...neighboursOf(sent.ids.length, edges),
    ...groupsOf(sent),
  };
}

/** The neighbours of an account. */
export function around(network: Network, account: number): Uint32Array {
  return network.neighbours.subarray(network.starts[account], network.starts[account + 1]);
}

/** The address of an account's page; only addresses of this site or this page are followed. */
export function addressOf(network: Network, account: number): string | undefined {
  const { links } = network;
  if (links === undefined || !/^(#|\/(?!\/))/.test(links)) return undefined;
  return links.replace("{id}", encodeURIComponent(network.ids[account] ?? ""));
}
