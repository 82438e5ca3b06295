// A real SMTP server for the tests: npm `smtp-server`, and `mailparser` for what arrives.
//
//   node smtp.mjs [--ca FILE] [--auth USER:PASSWORD] [--mode MODE]
//   → {"plain": PORT, "starttls": PORT, "tls": PORT, "control": PORT}
//
// `plain` offers no TLS, `starttls` insists on it, `tls` speaks it from the first byte; the certificate is for
// localhost, signed by an authority that is made at each start and written to FILE.
// Modes (POST /mode {"mode"}): accept · refuse (554 at the greeting) · refuse-rcpt (550) · refuse-data (552 after the
// message) · greylist (451) · hang (never greets) · hang-data (never answers the message) · slow (2 s a step) ·
// drop (closes after the message without an answer).
// GET /messages lists what came, with the envelope as it was spoken; DELETE /messages forgets it.
import { writeFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import selfsigned from "selfsigned";
import { SMTPServer } from "smtp-server";
import { announce, bodyOf, listen, sendJson, serveTable } from "./peer.mjs";

const argument = (name) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
};
const account = argument("--auth");
let mode = argument("--mode") ?? "accept";
let messages = [];
let connections = 0;
const waiting = new Set();

async function certificate() {
  const authority = await selfsigned.generate([{ name: "commonName", value: "hallpass test authority" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await selfsigned.generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }, { type: 7, ip: "127.0.0.1" }] },
    ],
  });
  if (argument("--ca")) writeFileSync(argument("--ca"), authority.cert);
  return { key: leaf.private, cert: leaf.cert };
}

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

function answerLater(callback) {
  if (mode === "slow") setTimeout(callback, 2000);
  else callback();
}

const behaviour = {
  onConnect(_session, callback) {
    connections += 1;
    if (mode === "refuse") callback(refusal(554, "No service here"));
    else if (mode === "hang") waiting.add(callback);
    else answerLater(callback);
  },
  onAuth(auth, _session, callback) {
    const [user, password] = (account ?? ":").split(":");
    if (auth.username === user && auth.password === password) callback(null, { user });
    else callback(refusal(535, "Authentication failed"));
  },
  onRcptTo(_address, _session, callback) {
    if (mode === "refuse-rcpt") callback(refusal(550, "No such person"));
    else if (mode === "greylist") callback(refusal(451, "Try again later"));
    else answerLater(callback);
  },
  onData(stream, session, callback) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", async () => {
      const raw = Buffer.concat(parts);
      const parsed = await simpleParser(raw);
      messages.push({
        from: session.envelope.mailFrom.address,
        recipients: session.envelope.rcptTo.map((r) => r.address),
        secure: session.secure,
        user: session.user ?? null,
        subject: parsed.subject,
        headers: parsed.headerLines.map((h) => h.line),
        text: parsed.text ?? "",
        html: parsed.html || "",
        raw: raw.toString("latin1"),
      });
      if (mode === "refuse-data") callback(refusal(552, "Too much"));
      else if (mode === "hang-data") waiting.add(callback);
      else if (mode === "drop") this.server.connections.forEach((c) => c._socket.destroy());
      else answerLater(callback);
    });
  },
};

function server(options) {
  const smtp = new SMTPServer({
    banner: "hallpass test",
    authOptional: account === undefined,
    disableReverseLookup: true,
    logger: false,
    ...behaviour,
    ...options,
  });
  smtp.onData = behaviour.onData.bind({ server: smtp });
  smtp.on("error", () => {}); // a client that hangs up in the middle is what some tests do
  return smtp;
}

function listenSmtp(smtp) {
  return new Promise((resolve) => {
    const listener = smtp.listen(0, "127.0.0.1", () => resolve(listener.address().port));
  });
}

async function main() {
  const tls = await certificate();
  const plain = await listenSmtp(server({ hideSTARTTLS: true, disabledCommands: ["STARTTLS"], allowInsecureAuth: true }));
  const starttls = await listenSmtp(server({ ...tls, needsUpgrade: false, secure: false, onMailFrom: insistOnTls }));
  const secure = await listenSmtp(server({ ...tls, secure: true }));
  const control = serveTable({
    "GET /messages": (_request, response) => sendJson(response, 200, messages),
    "DELETE /messages": (_request, response) => sendJson(response, 200, (messages = [])),
    "GET /connections": (_request, response) => sendJson(response, 200, connections),
    "POST /mode": async (request, response) => {
      mode = JSON.parse(await bodyOf(request)).mode;
      for (const callback of waiting) callback(refusal(421, "Going on"));
      waiting.clear();
      sendJson(response, 200, { mode });
    },
  });
  announce({ plain, starttls, tls: secure, control: await listen(control) });
}

function insistOnTls(_address, session, callback) {
  if (session.secure) callback();
  else callback(refusal(530, "Must issue a STARTTLS command first"));
}


await main();
