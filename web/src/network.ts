// A network of accounts: picture, search, groups and what is known of one account. The table of
// the most connected accounts stays on the page for everybody who does not look at pictures.
import { type Network, addressOf, around, networkOf } from "./network-data";
import { MOST_NEIGHBOURS } from "./network-light";
import { type Picture, drawNetwork } from "./network-picture";
import { searchBox } from "./network-search";
import { foldTable, make, svg } from "./parts";
import { type Colours, colourOfGroup, coloursOf, whenColoursChange } from "./theme";
import { type Words, label, wordsOf } from "./words";

/** The most neighbours that are listed beside the picture. */
const LISTED = 12;
/** How far an arrow key moves, as a share of what is seen. */
const STEP = 0.15;

/** An island at work. */
interface Island {
  section: HTMLElement;
  network: Network;
  words: Words;
  colours: Colours;
  stage: HTMLElement;
  panel: HTMLElement;
  picture: Picture | undefined;
  /** The account that was searched for or chosen from the list. */
  chosen: number | undefined;
}

function button(words: string, sign: string, press: () => void): HTMLButtonElement {
  const element = make("button", "network-button", sign);
  element.type = "button";
  element.setAttribute("aria-label", words);
  element.title = words;
  element.addEventListener("click", press);
  return element;
}

/** Follows the link of an account, where there are links. */
function open(island: Island, account: number, isElsewhere: boolean): void {
  const address = addressOf(island.network, account);
  if (address === undefined) choose(island, account);
  else if (isElsewhere) window.open(address, "_blank", "noopener");
  else location.assign(address);
}

/** Chooses an account: it stays in the light until another is chosen. */
function choose(island: Island, account: number | undefined): void {
  island.chosen = account;
  look(island, account);
  if (account !== undefined) island.picture?.visit(account);
}

/** Puts an account in the light and tells about it. */
function look(island: Island, account: number | undefined): void {
  island.picture?.highlight(account);
  tell(island, account);
}

/** Says what is known of an account: its group, its score and its neighbours. */
function tell(island: Island, account: number | undefined): void {
  const { section, network, panel, words } = island;
  if (account === undefined) {
    panel.replaceChildren(make("p", "network-hint", label(section, "keys")));
    return;
  }
  const name = make("p", "network-name");
  const address = addressOf(network, account);
  const title = make("bdi", "", network.labels[account] ?? "");
  if (address === undefined) {
    name.append(title);
  } else {
    const link = make("a", "");
    link.href = address;
    link.append(title);
    link.title = label(section, "open");
    name.append(link);
  }
  const group = groupName(island, network.groupOf[account] ?? 0);
  const score = network.score?.[account];
  const near = [...new Set(around(network, account))];
  const count = words.number(near.length);
  const facts = make("ul", "network-facts");
  facts.append(make("li", "", group));
  if (score !== undefined) {
    facts.append(make("li", "", label(section, "score", { score: words.number(score) })));
  }
  facts.append(make("li", "", label(section, "neighbours", { count })));
  if (near.length > MOST_NEIGHBOURS) {
    const drawn = words.number(MOST_NEIGHBOURS);
    facts.append(make("li", "", label(section, "drawn", { count: drawn })));
  }
  panel.replaceChildren(name, facts, neighbourList(island, near));
}

/** The neighbours with the most edges, each as a button that leads to it. */
function neighbourList(island: Island, near: number[]): HTMLElement {
  const { network } = island;
  const degree = (account: number): number => around(network, account).length;
  const list = make("ul", "network-near");
  const most = near.sort((one, other) => degree(other) - degree(one));
  for (const account of most.slice(0, LISTED)) {
    const item = make("li", "");
    const row = make("button", "network-neighbour");
    row.type = "button";
    row.append(make("bdi", "", network.labels[account] ?? ""));
    row.addEventListener("click", () => {
      choose(island, account);
      island.panel.querySelector<HTMLElement>("a, button")?.focus();
    });
    item.append(row);
    list.append(item);
  }
  return list;
}

function groupName(island: Island, group: number): string {
  const name = island.network.names[group] ?? "";
  return label(island.section, "group", { group: name }) || name;
}

/** Boxes that show and hide groups; the small ones share the last. */
function groupBoxes(island: Island): HTMLElement {
  const { section, network, colours, words } = island;
  const own = colours.series.length;
  const set = make("fieldset", "network-groups");
  set.append(make("legend", "", label(section, "groups")));
  const row = (name: string, groups: number[], colour: string): void => {
    const line = make("label", "network-group");
    const box = make("input", "");
    box.type = "checkbox";
    box.checked = true;
    box.addEventListener("change", () => {
      island.picture?.filter(new Set(groups), box.checked ? "shown" : "hidden");
    });
    const sign = svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
    sign.append(svg("circle", { cx: 5, cy: 5, r: 5, fill: colour }));
    const count = groups.reduce((sum, group) => sum + (network.counts[group] ?? 0), 0);
    line.append(box, sign, make("bdi", "", name), make("span", "count", words.number(count)));
    set.append(line);
  };
  network.names.slice(0, own).forEach((_, group) => {
    row(groupName(island, group), [group], colourOfGroup(colours, group));
  });
  const others = network.names.map((_, group) => group).slice(own);
  if (others.length > 0) row(label(section, "others"), others, colours.others);
  return set;
}

/** The keys of the picture. They work while it has the focus. */
function listenToKeys(island: Island): void {
  const { stage } = island;
  const acts: Record<string, (picture: Picture) => void> = {
    ArrowRight: (picture) => picture.pan(STEP, 0),
    ArrowLeft: (picture) => picture.pan(-STEP, 0),
    ArrowDown: (picture) => picture.pan(0, STEP),
    ArrowUp: (picture) => picture.pan(0, -STEP),
    "+": (picture) => picture.zoom("in"),
    "=": (picture) => picture.zoom("in"),
    "-": (picture) => picture.zoom("out"),
    "0": (picture) => picture.reset(),
    "٠": (picture) => picture.reset(),
    Home: (picture) => picture.reset(),
    Enter: () => {
      if (island.chosen !== undefined) open(island, island.chosen, false);
    },
    Escape: () => choose(island, undefined),
  };
  stage.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (act === undefined || island.picture === undefined) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    act(island.picture);
  });
}

/** The network of a section, from the page itself or from its address. */
async function load(section: HTMLElement): Promise<Network | undefined> {
  const embedded = section.querySelector("script.network-data");
  if (embedded !== null) return networkOf(JSON.parse(embedded.textContent ?? "null"));
  const address = section.dataset["network"];
  if (address === undefined) return undefined;
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok ? networkOf(await answer.json()) : undefined;
}

function stageOf(section: HTMLElement, network: Network, words: Words): HTMLElement {
  const stage = make("div", "network-stage");
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  const [accounts, edges] = [network.ids.length, network.edgeCount].map(words.number);
  const places = { accounts: accounts ?? "", edges: edges ?? "" };
  stage.setAttribute("aria-label", label(section, "stage", places));
  stage.setAttribute("aria-description", label(section, "keys"));
  return stage;
}

/** The buttons over the picture. */
function buttonsOf(island: Island): HTMLElement {
  const { section } = island;
  const box = make("div", "network-buttons");
  box.append(
    button(label(section, "zoom-in"), "+", () => island.picture?.zoom("in")),
    button(label(section, "zoom-out"), "−", () => island.picture?.zoom("out")),
    button(label(section, "reset"), "⤢", () => island.picture?.reset()),
  );
  return box;
}

/** Lays out picture, search, groups and panel above the table. */
function layOut(island: Island, number: number): HTMLElement {
  const { section, network, panel, stage, words } = island;
  const frame = make("div", "network-frame");
  const view = make("div", "network-view");
  const side = make("div", "network-side");
  view.append(stage, buttonsOf(island));
  panel.setAttribute("role", "status");
  side.append(
    searchBox({
      labels: network.labels,
      id: `network-${number}`,
      words: label(section, "search"),
      told: (count) =>
        count === 0 ? label(section, "none") : label(section, "found", {
          count: words.number(count),
        }),
      chosen: (account) => choose(island, account),
    }),
    groupBoxes(island),
    panel,
  );
  frame.append(view, side);
  return frame;
}

/** What the picture stands before: the table, else the end of the section. */
function placeOf(section: HTMLElement): Element {
  const table = section.querySelector("table");
  return table?.closest(".table") ?? table ?? section.appendChild(make("div", ""));
}

async function show(section: HTMLElement, number: number): Promise<void> {
  const status = make("p", "network-status", label(section, "loading"));
  status.setAttribute("role", "status");
  placeOf(section).before(status);
  const network = await load(section).catch(() => undefined);
  if (network === undefined) {
    status.textContent = label(section, "failed");
    return;
  }
  const words = wordsOf(section);
  const island: Island = {
    section, network, words, colours: coloursOf(section), stage: stageOf(section, network, words),
    panel: make("div", "network-panel"), picture: undefined, chosen: undefined,
  };
  const frame = layOut(island, number);
  status.after(frame);
  try {
    await draw(island);
  } catch (problem) {
    console.warn("the network could not be drawn:", problem);
    frame.remove();
    status.textContent = label(section, "no-graphics");
    return;
  }
  foldTable(section, "network-table", section.dataset["tableLabel"] ?? "");
  status.remove();
  section.classList.add("drawn");
}

/** Draws and listens. */
async function draw(island: Island): Promise<void> {
  const { section, network, stage } = island;
  island.picture = await drawNetwork(stage, network, island.colours, {
    pointed: (account) => look(island, account ?? island.chosen),
    opened: (account, isElsewhere) => open(island, account, isElsewhere),
  });
  tell(island, undefined);
  listenToKeys(island);
  whenColoursChange(() => {
    island.colours = coloursOf(section);
    island.picture?.recolour(island.colours);
    section.querySelectorAll(".network-groups circle").forEach((disc, group) => {
      disc.setAttribute("fill", colourOfGroup(island.colours, group));
    });
  });
}

/** Draws every network of a page. */
export function drawNetworks(page: Document): void {
  [...page.querySelectorAll<HTMLElement>("section.network")].forEach((section, number) => {
    void show(section, number);
  });
}
