// Small parts that the islands build pages from.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element with a class and text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className !== "") element.className = className;
  element.textContent = text;
  return element;
}

/** Makes an element of a drawing. */
export function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Folds a table away where the server gave words for it; it scrolls by keyboard too. */
export function foldTable(around: HTMLElement, className: string, name: string): void {
  const table = around.querySelector("table");
  const place = table?.closest<HTMLElement>(".table") ?? table;
  const words = around.dataset["tableLabel"];
  if (place == null || words === undefined) return;
  const details = make("details", className);
  place.replaceWith(details);
  details.append(make("summary", "", words), place);
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", name);
}
