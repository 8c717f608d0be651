// Serves the sample pages on loopback, with the console's own content policy.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const root = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const KINDS = {
  js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8",
  woff2: "font/woff2", svg: "image/svg+xml",
};

/** The content policy, read from where the server has it. */
function policy() {
  const source = readFileSync(root("seawall/src/console/mod.rs"), "utf8");
  const [, text] = /"content-security-policy",\s*"([^"]+)"/.exec(source) ?? [];
  if (text === undefined) throw new Error("seawall/src/console/mod.rs has no content policy");
  return text.replace(/\\\n\s*/g, "");
}

/** The built file of that name. */
export function built(name) {
  return readFileSync(root(`web/dist/${name}`));
}

/** Serves `pages`: a path and what makes its text; what it throws is not found. */
export async function serve(pages) {
  const headers = { "content-security-policy": policy() };
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    try {
      if (path.startsWith("/static/")) {
        const name = path.slice("/static/".length);
        const type = KINDS[name.split(".").pop()];
        response.writeHead(200, { ...headers, "content-type": type }).end(built(name));
        return;
      }
      const text = pages[path]();
      const type = text.startsWith("{") ? "application/json" : "text/html; charset=utf-8";
      response.writeHead(200, { ...headers, "content-type": type }).end(text);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
