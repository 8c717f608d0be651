// Invented numbers for the sample pages; the same on every run.

/** Pseudo-random numbers from 0 to 1 (mulberry32). */
export function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(roll) {
  return Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());
}

/** A cell; `text` is what people read. */
const cell = (value, text = String(value), low, high) => ({ value, text, low, high });
const grouped = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

function pulse(t) {
  const roll = dice(1);
  const start = Date.UTC(2026, 2, 2);
  const rows = Array.from({ length: 97 }, (_, hour) => {
    const at = new Date(start + hour * 3_600_000).toISOString();
    const expected = 120 + 60 * Math.sin((hour / 24) * 2 * Math.PI) + 4 * roll();
    const burst = hour > 60 && hour < 68 ? 340 * Math.sin(((hour - 60) / 8) * Math.PI) : 0;
    const observed = Math.max(0, Math.round(expected + burst + 14 * normal(roll)));
    const half = 1.96 * Math.sqrt(expected) * 1.6;
    return {
      time: at,
      text: at.slice(0, 16).replace("T", " "),
      cells: [
        cell(observed),
        cell(expected, expected.toFixed(1), expected - half, expected + half),
      ],
    };
  });
  return { kind: "line", caption: t.pulse, x: t.time, y: t.posts, series: [t.observed, t.expected],
    rows };
}

function detectors(t) {
  const found = [412, 305, 190, 548, 77];
  const planted = [430, 300, 200, 560, 80];
  const rows = t.traces.map((text, index) =>
    ({ text, cells: [cell(found[index]), cell(planted[index])] }));
  return { kind: "bars", caption: t.detectors, x: t.trace, y: t.accounts,
    series: [t.found, t.planted], rows };
}

function delays(t) {
  const rows = Array.from({ length: 30 }, (_, bin) => {
    const pairs = bin === 22 || bin === 27 ? 0
      : Math.round(9_000 * Math.exp(-bin / 2.6) + 40 * Math.exp(-((bin - 14) ** 2) / 20) + 2);
    return { value: bin * 2, low: bin * 2, high: bin * 2 + 2, text: `${bin * 2} – ${bin * 2 + 2}`,
      cells: [cell(pairs, grouped(pairs))] };
  });
  return { kind: "histogram", caption: t.delays, x: t.seconds, y: t.pairs, series: [t.pairs], rows,
    scale: "log" };
}

function estimates(t) {
  const values = [[45_600, 39_000, 53_800], [47_900, 36_100, 61_000], [41_200, 38_700, 44_900],
    [44_100, 37_500, 52_000]];
  const rows = t.methods.map((text, index) => {
    const [value, low, high] = values[index];
    const told = `${grouped(value)} (${grouped(low)} – ${grouped(high)})`;
    return { text, cells: [cell(value, told, low, high)] };
  });
  return { kind: "intervals", caption: t.estimates, x: t.method, y: t.accounts,
    series: [t.accounts], rows };
}

function hours(t) {
  const roll = dice(3);
  const rows = t.days.map((text, day) => ({
    text,
    cells: Array.from({ length: 24 }, (_, hour) => {
      const night = hour < 6 ? 0.15 : 1;
      const posts = Math.round(night * (40 + 90 * Math.exp(-((hour - 20) ** 2) / 14)
        + (day === 4 ? 60 * Math.exp(-((hour - 13) ** 2) / 4) : 0) + 12 * roll()));
      return cell(posts);
    }),
  }));
  const series = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  return { kind: "heat", caption: t.hours, x: t.time, y: t.day, series, rows };
}

function separation(t) {
  const roll = dice(4);
  const rows = Array.from({ length: 260 }, (_, index) => {
    const isMember = index % 4 === 0;
    const score = Math.min(1, Math.max(0, (isMember ? 0.68 : 0.32) + 0.15 * normal(roll)));
    const followers = Math.round(10 ** (1.6 + 1.1 * roll() + (isMember ? 0.5 : 0.9) * roll()));
    const told = cell(followers, grouped(followers));
    const none = { value: undefined, text: "" };
    return { value: score, text: score.toFixed(3), cells: isMember ? [told, none] : [none, told] };
  });
  return { kind: "scatter", caption: t.separation, x: t.score, y: t.followers,
    series: [t.member, t.notMember], rows, scale: "log" };
}

function kinds(t) {
  const roll = dice(5);
  const rows = Array.from({ length: 20 }, (_, week) => {
    const at = new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString();
    const cells = [300, 120, 40].map((base) =>
      cell(Math.round(base * (1 + week / 25 + 0.3 * roll()))));
    return { time: at, text: at.slice(0, 10), cells };
  });
  return { kind: "area", caption: t.kinds, x: t.week, y: t.accounts, series: t.actions, rows,
    stack: true };
}

function precision(t) {
  const values = [[0.962, 0.941, 0.977], [0.948, 0.925, 0.966], [0.901, 0.842, 0.941],
    [0.874, 0.771, 0.937]];
  const rows = t.languages.map((text, index) => {
    const [value, low, high] = values[index];
    return { text, cells: [cell(value, `${(100 * value).toFixed(1)} %`, low, high)] };
  });
  return { kind: "bars", caption: t.precision, x: t.language, y: t.found, series: [t.found], rows,
    format: "percent" };
}

/** Every plot of the sample page. */
export function plots(t) {
  return [pulse, detectors, delays, estimates, hours, separation, kinds, precision]
    .map((make) => make(t));
}

const NAMES = [
  "harbour", "tide", "ember", "cinder", "lantern", "quay", "gull", "رماد", "ميناء", "ساحل",
];

/** A network of groups around their centres, with hubs. */
export function network(accounts, edges, links) {
  const roll = dice(7);
  const groups = 14;
  const centres = Array.from({ length: groups }, (_, group) => {
    const angle = group * 2.399963;
    const reach = 26 * Math.sqrt(group + 0.5);
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  });
  const group = Array.from({ length: accounts }, () => Math.floor(groups * roll() ** 2));
  const spread = group.map((one) => 6 + 16 / (1 + one * 0.4));
  const x = group.map((one, index) => centres[one][0] + spread[index] * normal(roll));
  const y = group.map((one, index) => centres[one][1] + spread[index] * normal(roll));
  const members = Array.from({ length: groups }, () => []);
  group.forEach((one, index) => members[one].push(index));
  const size = new Array(accounts).fill(0);
  const flat = [];
  while (flat.length < 3 * edges) {
    const from = Math.floor(accounts * roll());
    const near = members[group[from]];
    const isNear = roll() < 0.93;
    const to = isNear ? near[Math.floor(near.length * roll() ** 6)] : Math.floor(accounts * roll());
    if (from === to) continue;
    flat.push(from, to, 1 + Math.floor(5 * roll()));
    size[from] += 1;
    size[to] += 1;
  }
  const labels = group.map((_, index) => `@${NAMES[index % NAMES.length]}_${index}`);
  const round = (value) => Math.round(value * 100) / 100;
  return {
    ids: group.map((_, index) => `a${index}`),
    labels,
    x: x.map(round),
    y: y.map(round),
    size,
    group,
    score: group.map(() => round(roll())),
    edges: flat,
    ...(links === undefined ? {} : { links }),
  };
}
