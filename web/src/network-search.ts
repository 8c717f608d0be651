// A box that finds an account: a combobox with a list, as the ARIA practices describe it.
import { make } from "./parts";

const MOST_FOUND = 12;
/** Letters are compared without case, width and marks. */
const MARKS = /\p{Mn}/gu;

function folded(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").toLowerCase();
}

/** The places of the labels that have the text, those that begin with it first. */
export function find(labels: string[], text: string): number[] {
  const wanted = folded(text.trim());
  if (wanted === "") return [];
  const first: number[] = [];
  const later: number[] = [];
  for (const [index, label] of labels.entries()) {
    const place = label.indexOf(wanted);
    if (place === 0 || (place === 1 && label.startsWith("@"))) first.push(index);
    else if (place > 0 && later.length < MOST_FOUND) later.push(index);
    if (first.length >= MOST_FOUND) break;
  }
  return [...first, ...later].slice(0, MOST_FOUND);
}

/** What a search needs to know and to say. */
export interface Search {
  labels: string[];
  /** Words for how many were found. */
  told(count: number): string;
  chosen(index: number): void;
  words: string;
  id: string;
}

interface Parts {
  box: HTMLElement;
  field: HTMLInputElement;
  list: HTMLUListElement;
  status: HTMLElement;
}

function partsOf(search: Search): Parts {
  const box = make("div", "network-search");
  const caption = make("label", "", search.words);
  const field = make("input", "");
  const list = make("ul", "");
  const status = make("p", "unseen");
  field.id = `${search.id}-field`;
  caption.htmlFor = field.id;
  field.type = "search";
  field.dir = "auto";
  field.autocomplete = "off";
  field.spellcheck = false;
  list.id = `${search.id}-list`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", search.words);
  status.setAttribute("role", "status");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id,
    "aria-autocomplete": "list", "aria-haspopup": "listbox",
  })) {
    field.setAttribute(name, value);
  }
  box.append(caption, field, list, status);
  return { box, field, list, status };
}

/** Makes the box; its list is filled while somebody writes. */
export function searchBox(search: Search): HTMLElement {
  const parts = partsOf(search);
  const { field, list, status } = parts;
  const keys = search.labels.map(folded);
  let found: number[] = [];
  let now = -1;
  const point = (place: number): void => {
    now = place;
    const options = [...list.children];
    options.forEach((one, index) => one.setAttribute("aria-selected", String(index === now)));
    const option = options[now];
    if (option === undefined) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  };
  const show = (indexes: number[]): void => {
    found = indexes;
    list.replaceChildren(...found.map((index, place) => option(search, index, place)));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(found.length > 0));
    point(found.length > 0 ? 0 : -1);
  };
  const choose = (place: number): void => {
    const index = found[place];
    if (index === undefined) return;
    field.value = search.labels[index] ?? "";
    show([]);
    search.chosen(index);
  };
  const steps: Record<string, () => void> = {
    ArrowDown: () => point(Math.min(now + 1, found.length - 1)),
    ArrowUp: () => point(Math.max(now - 1, 0)),
    Enter: () => choose(now),
    Escape: () => show([]),
  };
  field.addEventListener("input", () => {
    show(find(keys, field.value));
    status.textContent = field.value.trim() === "" ? "" : search.told(found.length);
  });
  field.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step === undefined || event.isComposing || list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  });
  field.addEventListener("blur", () => show([]));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (row !== null) choose([...list.children].indexOf(row));
  });
  return parts.box;
}

function option(search: Search, index: number, place: number): HTMLElement {
  const row = make("li", "");
  row.id = `${search.id}-${place}`;
  row.setAttribute("role", "option");
  row.append(make("bdi", "", search.labels[index] ?? ""));
  return row;
}
