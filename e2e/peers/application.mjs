// An application behind a webhook, in fifty lines of its own: it checks the signature as the Standard Webhooks
// specification says, with nothing of hallpass, and keeps what it was sent.
//
//   node application.mjs SECRET
//   → {"url": "http://127.0.0.1:PORT/hook", "control": PORT}
//
// It knows one person by a password, `ada` with "open sesame".
//
// Modes (POST /mode {"mode"}): allow · deny · words (a sign-in with a password is refused with words of its own) · down (503 to everything) · hang (never answers) · moved (302 to itself) ·
// nonsense (200, and no JSON). GET /seen lists the requests: id, type, data, and whether the signature was right.
import { createHmac, timingSafeEqual } from "node:crypto";
import { announce, bodyOf, listen, sendJson, serveTable } from "./peer.mjs";

const key = Buffer.from(process.argv[2].replace("whsec_", ""), "base64");
const FIVE_MINUTES = 300;
let mode = "allow";
const seen = [];

function isSigned({ headers }, body) {
  const [id, at, signatures] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`] ?? "");
  const expected = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest();
  const matches = (signature) => {
    const [version, value] = signature.split(",");
    const given = Buffer.from(value ?? "", "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  };
  return Math.abs(Date.now() / 1000 - Number(at)) < FIVE_MINUTES && signatures.split(" ").some(matches);
}

/** Who has this name and this password, or nobody. */
function judged({ username, password }) {
  const good = mode !== "deny" && username === "ada" && password === "open sesame";
  return good ? { id: "7", name: "Ada of the directory", email: "ada@directory.example" } : null;
}

/** The result that changes nothing, but that nobody signs in where the mode says so. */
function result({ type, data }) {
  if (type === "signIn") return mode !== "deny";
  if (type === "authorize") return judged(data.credentials);
  return { redirect: data.judged, jwt: data.token, session: data.session }[type];
}

const application = serveTable({
  "POST /hook": async (request, response) => {
    const body = await bodyOf(request);
    const message = JSON.parse(body);
    seen.push({ id: request.headers["webhook-id"], ...message, mode, signed: isSigned(request, body) });
    if (mode === "hang") return;
    if (mode === "down") sendJson(response, 503, {});
    else if (mode === "moved") sendJson(response, 302, {}, { location: "/hook" });
    else if (mode === "nonsense") response.end("<html>");
    else if (mode === "words" && message.type === "authorize") sendJson(response, 200, { error: "This account is locked." });
    else sendJson(response, 200, { result: result(message) });
  },
});

const control = serveTable({
  "GET /seen": (_request, response) => sendJson(response, 200, seen),
  "POST /mode": async (request, response) => {
    mode = JSON.parse(await bodyOf(request)).mode;
    sendJson(response, 200, { mode });
  },
});

const port = await listen(application);
announce({ url: `http://127.0.0.1:${port}/hook`, control: await listen(control) });
