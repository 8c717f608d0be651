// The real server on a fresh folder, with people, a key, a bank, rules and items.
import { execFileSync, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";

const BINARY =
  process.env.SEAWALL_BIN ?? fileURLToPath(new URL("../../target/debug/seawall", import.meta.url));

const RULES = `
[[rule]]
name = "known-terms"
owner = "policy desk"
policy = "harbour.violent-extremism"
description = "The text has a term of the Ashen Front."
when = 'term.count > 0 || domain.matches > 0'
labels = ["ashen-front"]
queue = "matches"
priority = 80
action = "remove"

[[rule]]
name = "known-pictures"
owner = "policy desk"
policy = "harbour.violent-extremism"
description = "A picture is known, to the byte or by its likeness."
when = 'sha256.matches > 0 || pdq.matches > 0'
labels = ["ashen-front", "picture"]
queue = "pictures"
priority = 90
action = "remove"
`;

const POLICY_TEXT =
  "We remove content that supports, recruits for or instructs in violent extremism. News, " +
  "research, art, mourning and speech against it stay.";

function settings(service) {
  const policy = (id, title, text) =>
    `[[policy]]\nid = "${id}"\ntitle = "${title}"\ntext = "${text}"\n`;
  const queue = (name, title, minutes) =>
    `[[queue]]\nname = "${name}"\ntitle = "${title}"\ntarget_minutes = ${minutes}\n`;
  const webhook = (name, path) =>
    `[webhook.${name}]\nurl = "http://${service.address}${path}"\n` +
    `secrets = ["${service.secret}"]\n`;
  return [
    `[server]\nlisten = "127.0.0.1:0"\nsecure_cookies = false\nposts_per_minute = 600\n`,
    `[notices]\nservices = ["forum"]\n`,
    `[storage]\ndatabase = "seawall.db"\nevidence = "evidence"\n`,
    `[outside]\nallow = ["${service.address}"]\n`,
    policy("harbour.violent-extremism", "Violent extremism", POLICY_TEXT),
    policy("harbour.graphic", "Graphic content", "Graphic content stands behind a label."),
    queue("matches", "Matches with a bank", 60),
    queue("pictures", "Pictures", 30),
    queue("review", "Notices and everything else", 1440),
    webhook("forum", "/hook"),
    webhook("archive", "/gone"),
    `[orders.addressee]\nname = "Forum Example Ltd"\nmember_state = "IE"\n` +
      `email = "orders@forum.example"\n` +
      `[orders.links]\nforum = ["https://forum.example/p/{item}"]\n` +
      `[threats]\nstaff_to = ["guards@forum.example"]\nphone = "+353 1 000 0000"\n`,
  ].join("\n");
}

/** Starts everything; `stop` ends it and removes the folder. */
export async function startDesk(service) {
  if (!existsSync(BINARY)) {
    throw new Error(`${BINARY} is not there: run \`cargo build -p seawall\` first`);
  }
  const folder = mkdtempSync(join(tmpdir(), "seawall-browser-"));
  const config = join(folder, "seawall.toml");
  writeFileSync(config, settings(service));
  const picture = png(480, 320);
  const sha256 = createHash("sha256").update(picture).digest("hex");
  writeFileSync(join(folder, "rules.toml"), RULES);
  writeFileSync(
    join(folder, "ash.csv"),
    "kind,value,language,policy,source,note\n" +
      "term,ashen banner,en,harbour.violent-extremism,desk,\n" +
      "term,راية الرماد,ar,harbour.violent-extremism,desk,\n" +
      "term,lantern of ash,en,harbour.violent-extremism,desk,\n" +
      "domain,ashen-front.example,,harbour.violent-extremism,desk,\n" +
      `sha256,${sha256},,harbour.violent-extremism,desk,\n`,
  );
  const run = (...words) =>
    execFileSync(BINARY, ["--config", config, ...words], { encoding: "utf8", cwd: folder });
  const person = (login, ...more) =>
    JSON.parse(run("user", "add", login, "--password", "correct horse battery", ...more));
  const people = {
    en: person("nour", "--role", "lead"),
    ar: person("samira", "--role", "admin", "--language", "ar"),
    plain: person("rami", "--role", "reviewer", "--no-second-factor"),
    second: person("layla", "--role", "reviewer", "--language", "ar", "--no-second-factor"),
  };
  const scopes = ["submit", "notice", "review"].flatMap((scope) => ["--scope", scope]);
  const { key } = JSON.parse(run("key", "add", "forum", ...scopes));
  run("bank", "import", join(folder, "ash.csv"), "--bank", "ash");
  const authorities = [
    {
      id: "office", name: "Office of Example", member_state: "DE", phone: "+49 30 0000",
      emails: ["life@authority.example"], takes_threats: true,
    },
    { id: "regulator", name: "Regulator of Example", member_state: "IE", phone: "+353 1 0000" },
  ];
  for (const authority of authorities) {
    const file = join(folder, `${authority.id}.json`);
    writeFileSync(file, JSON.stringify(authority));
    run("orders", "register", file);
  }
  run("rules", "promote", join(folder, "rules.toml"));
  const world = join(folder, "datasets", "world");
  run("simulate", "--seed", "5", "--days", "5", "--accounts", "4000", "--out", world);
  mkdirSync(join(folder, "datasets", "broken"));
  writeFileSync(join(folder, "datasets", "broken", "items.ndjson"), "this is no item\n");
  const lines = (path) =>
    readFileSync(join(world, path), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const members = lines("truth/accounts.ndjson").filter((account) => account.member);
  const isMember = new Set(members.map((account) => account.id));
  const accounts = lines("accounts.ndjson");
  const items = lines("items.ndjson");
  const bank = run("bank", "show", "ash").trim().split("\n").map((line) => JSON.parse(line));
  const lantern = bank.find((entry) => entry.value === "lantern of ash").id;
  const server = spawn(BINARY, ["--config", config, "serve"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  createInterface({ input: server.stderr }).on("line", (line) => said.push(line));
  const base = await ready(server, said);
  return {
    base,
    people,
    /** Says that an entry does not belong in its bank. */
    dispute: () => run("bank", "dispute", lantern, "--note", "A street festival. مهرجان."),
    picture,
    seeds: members.slice(0, 20).map((account) => account.id),
    /** Ids and handles of every account, none of which a masked page may have. */
    secrets: new Set(accounts.flatMap((account) => [account.id, account.handle])),
    /** Ids of every post, likewise. */
    posts: new Set(items.map((item) => item.id)),
    /** Runs of words from every post, likewise. */
    phrases: new Set(items.flatMap((item) => phrasesOf(item.text ?? ""))),
    /** The handles of those who belong. */
    belongs: new Set(accounts.filter((account) => isMember.has(account.id))
      .map((account) => account.handle)),
    said,
    post: (path, body) => post(base, key, path, body),
    get: (path) => get(base, key, path),
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every run of five words that a text has, without signs and case. */
export function phrasesOf(text) {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return words.slice(4).map((_, place) => words.slice(place, place + 5).join(" "));
}

function ready(server, said) {
  return new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on("line", (line) => {
      if (line.startsWith("ready ")) resolve(line.slice("ready ".length).trim());
    });
    server.once("exit", (code) => {
      reject(new Error(`seawall ended with ${code}:\n${said.join("\n")}`));
    });
  });
}

async function get(base, key, path) {
  const answer = await fetch(base + path, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function post(base, key, path, body) {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** The code of an authenticator at this moment (RFC 6238, SHA-1, six digits, thirty seconds). */
export function totp(address) {
  const secret = new URL(address).searchParams.get("secret");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", base32(secret)).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

function base32(text) {
  const bits = [...text.replace(/=+$/, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter))
    .map((value) => value.toString(2).padStart(5, "0"))
    .join("");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

/** A picture of waves, as PNG. */
export function png(width, height) {
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) {
      const wave = Math.sin(x / 23 + Math.sin(y / 31) * 3) * Math.cos(y / 19 + x / 97);
      const level = Math.round(128 + 110 * wave);
      row.set([level, 90 + (level >> 2), 255 - (level >> 1)], 1 + x * 3);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...chunks]);
}

function chunk(name, data) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
