// A service as Seawall knows it: receives webhooks, checks their signatures, counts each action.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

/** Starts the service. `/hook` accepts what is signed; `/gone` refuses everything for good. */
export async function startService() {
  const secret = randomBytes(32);
  const received = [];
  const problems = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      if (request.url !== "/hook") {
        response.writeHead(410).end();
        return;
      }
      const problem = check(secret, request.headers, body);
      if (problem !== undefined) problems.push(problem);
      const { type, data } = JSON.parse(body);
      // Statements for people come to the same address; what is counted here are actions.
      if (type === "seawall.action.ordered") {
        received.push({ id: request.headers["webhook-id"], action: data });
      }
      response.writeHead(problem === undefined ? 204 : 401).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    address: `127.0.0.1:${port}`,
    secret: `whsec_${secret.toString("base64")}`,
    received,
    problems,
    stop: () => server.close(),
  };
}

/** Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64. */
function check(secret, headers, body) {
  const [id, timestamp] = [headers["webhook-id"], headers["webhook-timestamp"]];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return `old timestamp ${timestamp}`;
  const expected = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest();
  const signatures = String(headers["webhook-signature"]).split(" ");
  const isOurs = signatures.some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isOurs ? undefined : `the signature of ${id} does not hold`;
}
