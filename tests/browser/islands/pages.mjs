// The sample pages, as the server's templates would write them.
import { plots } from "./samples.mjs";
import { WORDS } from "./words.mjs";

const escape = (text) =>
  String(text).replace(/[&<>"]/g, (sign) =>
    ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

const attributes = (pairs) =>
  Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` data-${name}="${escape(value)}"`)
    .join("");

function row({ text, time, value, low, high, cells }) {
  const words = escape(text);
  const first = time === undefined ? words : `<time datetime="${time}">${words}</time>`;
  const head = `<th scope="row"${attributes({ value, low, high })}>${first}</th>`;
  const rest = cells.map((one) => {
    const numbers = attributes({ value: one.value, low: one.low, high: one.high });
    return `<td class="number"${numbers}>${escape(one.text)}</td>`;
  });
  return `<tr>${head}${rest.join("")}</tr>`;
}

/** A figure with its table. */
export function figure(t, plot) {
  const about = attributes({
    plot: plot.kind, "x-label": plot.x, "y-label": plot.y, "y-scale": plot.scale,
    "y-format": plot.format, stack: plot.stack ? "" : undefined, "table-label": t.numbers,
    "label-omitted": t.omitted,
  });
  const heads = plot.series.map((name) => `<th scope="col" class="number">${escape(name)}</th>`);
  const first = plot.kind === "heat" ? plot.y : plot.x;
  return `<figure class="plot card"${about}><figcaption>${escape(plot.caption)}</figcaption>
<div class="table"><table class="tight">
<thead><tr><th scope="col">${escape(first)}</th>${heads.join("")}</tr></thead>
<tbody>${plot.rows.map(row).join("\n")}</tbody></table></div></figure>`;
}

function topAccounts(t, data) {
  const order = [...data.size.keys()].sort((one, other) => data.size[other] - data.size[one]);
  const rows = order.slice(0, 20).map((index) =>
    `<tr><th scope="row"><bdi>${escape(data.labels[index])}</bdi></th>` +
    `<td class="number">${data.size[index]}</td></tr>`);
  return `<div class="table"><table class="tight"><caption>${t.topAccounts}</caption>
<thead><tr><th scope="col">${t.account}</th><th scope="col" class="number">${t.neighbours}</th></tr>
</thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** A network with its table; from an address, or embedded where there is none. */
export function networkSection(t, data, address) {
  const labels = attributes(t.labels);
  const source = address === undefined ? "" : ` data-network="${address}"`;
  const embedded = address === undefined
    ? `<script type="application/json" class="network-data">${
      JSON.stringify(data).replaceAll("<", "\\u003c")}</script>` : "";
  return `<section class="network card" aria-labelledby="network"${source}${labels}>
<h2 id="network">${t.network}</h2>${embedded}${topAccounts(t, data)}</section>`;
}

function frame(language, head, body, foot = "") {
  const t = WORDS[language];
  return `<!doctype html><html lang="${language}" dir="${t.direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${t.title}</title>${head}</head>
<body><main id="main"><h1>${t.title}</h1>${body}</main>${foot}</body></html>`;
}

const LINKED =
  '<link rel="icon" href="/static/mark.svg"><link rel="stylesheet" href="/static/console.css">' +
  '<link rel="stylesheet" href="/static/studies.css">' +
  '<script type="module" src="/static/console.js"></script>' +
  '<script type="module" src="/static/studies.js"></script>';

/** Plots and a network, as a page of the console. */
export function studyPage(language, data, address) {
  const t = WORDS[language];
  const figures = plots(t).map((plot) => figure(t, plot)).join("\n");
  const body = `<div class="cards">${figures}</div>${networkSection(t, data, address)}`;
  return frame(language, LINKED, body);
}

/** A network alone. */
export function networkPage(language, data, address) {
  return frame(language, LINKED, networkSection(WORDS[language], data, address));
}

/** Tables of numbers: what a plot must keep, and what it must leave alone. */
export function oddPage(figures) {
  return frame("en", LINKED, figures.map((plot) => figure(WORDS.en, plot)).join("\n"));
}

/** The same in one file. */
export function reportPage(language, data, script, styles) {
  const t = WORDS[language];
  const figures = plots(t).map((plot) => figure(t, plot)).join("\n");
  const body = `<div class="cards">${figures}</div>${networkSection(t, data)}`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return frame(language, `${head}<style>${styles}</style>`, body, `<script>${script}</script>`);
}

/** A study at work, or what became of it. */
export function progressPage(language, isOver) {
  const t = WORDS[language];
  const stages = Object.fromEntries(
    Object.entries(t.stages).map(([name, words]) => [`stage-${name}`, words]),
  );
  const labels = attributes({ status: "/status", "label-remaining": t.remaining, ...stages });
  const bar = `<progress class="study-progress" aria-label="${t.progress}" max="100"${labels}>
</progress><p><a href="">${t.reload}</a></p>`;
  return frame(language, LINKED, isOver ? '<p id="over">✓</p>' : bar);
}

/** The coding desk. */
export function codingPage(language) {
  const t = WORDS[language];
  const values = ["member", "not-member", "unsure"];
  const choices = t.choices.map((words, index) =>
    `<label><input type="radio" name="coding" value="${values[index]}"> ${words}</label>`);
  const dialog = `<dialog class="coding-help" aria-label="${t.coding}"><p>${t.help}</p></dialog>`;
  const form = `<form class="coding stack" method="get" action="/coded"><fieldset>
<legend>${t.coding}</legend>${choices.join("")}</fieldset>
<label>${t.note}<textarea name="note"></textarea></label>
<button class="button primary">${t.send}</button></form>`;
  return frame(language, LINKED, form + dialog);
}
