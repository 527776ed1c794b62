// Adapter ngoài tiến trình, chỉ dùng thư viện chuẩn của Node 18+. Hợp đồng: schemas/adapter/openapi.yaml.
// An adapter out of process, with Node's standard library alone (18+). The contract: schemas/adapter/openapi.yaml.
//
//   node adapter.mjs --folder data --token-file token [--host 127.0.0.1] [--port 8791] [--kit]
//
// --kit: chế độ thử, cho `lienthong adapter test` · test mode, for `lienthong adapter test` (kit.mjs)
//
// «Hệ thống của bạn» ở đây là một thư mục · here, "your system" is a folder:
//   in/<key>/         mỗi văn bản đã nhận · each document taken: consignment.json, envelope.edxml, part-0 …
//   news/<key>/       mỗi tin đã nghe · each news told: notice.json
//   out/<reference>/  đang chờ trục lấy · what waits for the hub: item.json, envelope.edxml, part-0 …
//   done/<reference>/ trục đã trả lời · what the hub has answered: outcome.json too
// Bản của bạn: thay các hàm ở mục 2 bằng cơ sở dữ liệu của bạn. Yours: put your database behind the functions of section 2.
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createReadStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    folder: { type: "string", default: "data" },
    "token-file": { type: "string", default: "token" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "8791" },
    kit: { type: "boolean", default: false },
  },
});
const CONTRACT = "1";
const JSON_LIMIT = 1024 * 1024; // of a consignment's facts or a notice: they are some kB
const MANIFEST = {
  name: "node-example", version: "1.0", contract: Number(CONTRACT),
  description: { vi: "Bộ nối mẫu bằng Node: mỗi văn bản một thư mục.", en: "A sample in Node: a folder for each document." },
  push: true, collect: true, statuses: true, recall: true, separate: true, max_size: null,
};
const STATUS = {
  "receiver-unreachable": 503, "receiver-timeout": 504, "receiver-failed": 500, "receiver-refused": 422,
  "link-unauthorised": 401, "link-misconfigured": 404,
};

// ---------------------------------------------------------------- 1. HTTP

class Problem extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

const routes = {
  "GET /manifest": async () => MANIFEST,
  "GET /health": async () => void (await stat(folder("in"))),
  "POST /deliver": async (request) => ({ reference: await take(request) }),
  "POST /report": async (request) => hear(key(request), await json(request)),
  "GET /collect": async () => waiting(),
  "GET /collected/envelope": async (_, query) => octets(query.get("reference"), "application/xml", () => "envelope.edxml"),
  "GET /collected/part": async (_, query) =>
    octets(query.get("reference"), "application/octet-stream", (item) => `part-${place(item, query.get("content_id"))}`),
  "POST /acknowledge": async (request) => settle(await json(request)),
};

async function answer(request, response) {
  try {
    authorise(request);
    const { pathname, searchParams } = new URL(request.url, "http://adapter");
    const name = `${request.method} ${pathname}`;
    kit?.before(name);
    const route = routes[name] ?? kit?.routes[name];
    if (!route) throw new Problem("link-misconfigured", `${name}: không có · there is no such address`);
    await send(response, await route(request, searchParams));
  } catch (error) {
    if (response.headersSent) return void response.destroy(); // too late for an answer: the hub sees that it breaks off
    const problem = error instanceof Problem ? error : new Problem("receiver-failed", error.code ?? error.name);
    const body = JSON.stringify({ code: problem.code, status: STATUS[problem.code], detail: problem.message });
    response.writeHead(STATUS[problem.code], { "Content-Type": "application/problem+json" }).end(body);
    await request.pieces?.return();
    request.resume(); // what is left of the body is read, and lost
  }
}

async function send(response, said) {
  if (said === undefined) return void response.writeHead(204).end();
  if (!(said instanceof Readable))
    return void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(said));
  response.writeHead(200, { "Content-Type": said.mediaType });
  await pipeline(said, response); // as fast as the hub reads, and not faster
}

function authorise(request) {
  const digest = (text) => createHash("sha256").update(text).digest();
  const token = readFileSync(options["token-file"], "utf8").trim(); // each time: a new token only needs to be written
  if (!token || !timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${token}`)))
    throw new Problem("link-unauthorised", "sai mã truy cập · wrong token");
  const asked = request.headers["x-lienthong-contract"];
  if (asked !== undefined && asked !== CONTRACT) throw new Problem("link-misconfigured", `contract = ${CONTRACT}`);
}

function key(request) {
  const given = request.headers["idempotency-key"];
  if (!given) throw new Problem("link-misconfigured", "Idempotency-Key?");
  return createHash("sha256").update(given).digest("hex"); // safe as a file's name, whatever it is
}

async function json(request) {
  const body = new Body(request);
  return JSON.parse(await body.rest(JSON_LIMIT));
}

class Body {
  constructor(request) {
    this.chunks = request.pieces = request.iterator({ destroyOnReturn: false });
    this.held = Buffer.alloc(0);
  }
  async more() {
    const { value, done } = await this.chunks.next();
    if (!done) this.held = Buffer.concat([this.held, value]);
    return !done;
  }
  async until(mark, limit = JSON_LIMIT) {
    let at;
    while ((at = this.held.indexOf(mark)) < 0)
      if (this.held.length > limit || !(await this.more())) throw new Problem("receiver-failed", "multipart?");
    const before = this.held.subarray(0, at);
    this.held = this.held.subarray(at + mark.length);
    return before;
  }
  async *exactly(size) {
    for (let left = size; left > 0; ) {
      if (!this.held.length && !(await this.more())) throw new Problem("receiver-failed", "cut off");
      const piece = this.held.subarray(0, left);
      this.held = this.held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
  async rest(limit) {
    while (this.held.length <= limit && (await this.more()));
    if (this.held.length > limit) throw new Problem("receiver-refused", `> ${limit}`);
    return this.held.toString();
  }
}

// ---------------------------------------------------------------- 2. Hệ thống của bạn · your system

const folder = (...names) => join(options.folder, ...names);
const exists = (path) => stat(path).then(() => true, () => false);
let count = 0;
const next = () => `${Date.now()}-${String(count++).padStart(6, "0")}`; // rises, after a restart too

// Nhận văn bản: cùng khóa thì một tác dụng. Take a document: the same key has one effect.
async function take(request) {
  const name = key(request), place = folder("in", name), reference = `node-${name.slice(0, 16)}`;
  if (await exists(place)) {
    for await (const _ of request); // the answer follows the whole body
    await sync(folder("in")); // whoever took it may not be that far yet
    return reference;
  }
  const temporary = await mkdtemp(folder("tmp", "in-"));
  try {
    const boundary = /boundary="?([^";]+)/.exec(request.headers["content-type"] ?? "")?.[1];
    if (!boundary) throw new Problem("receiver-failed", "multipart?");
    const body = new Body(request), edge = `\r\n--${boundary}`;
    await body.until(`--${boundary}\r\n`);
    await body.until("\r\n\r\n"); // the headers of a part say nothing that the JSON does not
    const consignment = JSON.parse(await body.until(edge));
    const parts = [["envelope.edxml", consignment], ...consignment.parts.map((each, index) => [`part-${index}`, each])];
    for (const [file, { size, sha256 }] of parts) {
      await body.until("\r\n\r\n");
      const digest = await save(join(temporary, file), body.exactly(size));
      if (digest !== sha256) throw new Problem("receiver-failed", `${file}: SHA-256`);
      await body.until(edge);
    }
    await body.rest(JSON_LIMIT);
    const facts = { ...consignment, reference, taken: next(), system: request.headers["x-lienthong-system"] };
    await save(join(temporary, "consignment.json"), [Buffer.from(JSON.stringify(facts))]);
    await keep(temporary, place); // all of it or nothing
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return reference;
}

// Nghe tin. Be told news.
async function hear(name, notice) {
  if (await exists(folder("news", name))) return;
  await put("news", name, { "notice.json": { ...notice, heard: next() } });
}

// Những gì chờ gửi, cũ trước, đọc tới đâu đưa tới đó. What waits to be sent, oldest first, read as it is given.
function waiting() {
  async function* lines() {
    for (const reference of (await readdir(folder("out"))).sort()) {
      const line = await item(reference).catch(() => undefined); // settled meanwhile
      if (line) yield JSON.stringify(line) + "\n";
    }
  }
  return Object.assign(Readable.from(lines()), { mediaType: "application/x-ndjson" });
}

async function item(reference) {
  if (!/^[0-9]+-[0-9]+$/.test(reference ?? "")) throw new Problem("receiver-failed", "reference?"); // it becomes a path
  return JSON.parse(await readFile(folder("out", reference, "item.json")));
}

function place(item, contentId) {
  return item.parts.findIndex((part) => part.content_id === contentId);
}

async function octets(reference, mediaType, name) {
  const stream = createReadStream(folder("out", reference ?? "", name(await item(reference))));
  await once(stream, "open");
  return Object.assign(stream, { mediaType });
}

// Trục đã trả lời về một mục. The hub has answered about an item.
async function settle(outcome) {
  if (!(await exists(folder("out", outcome.reference)))) return; // settled before
  await item(outcome.reference);
  await save(folder("out", outcome.reference, "outcome.json"), [Buffer.from(JSON.stringify(outcome))]);
  await keep(folder("out", outcome.reference), folder("done", outcome.reference));
}

// ---------------------------------------------------------------- 3. Đĩa · disk

// Ghi từng khúc, không giữ cả tệp trong bộ nhớ; trả SHA-256. Write piece by piece, never the whole in memory; give its SHA-256.
async function save(path, pieces) {
  const hash = createHash("sha256"), file = await open(path, "w");
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      await file.appendFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

// Đặt tên thật khi đã xong hẳn, bền qua mất điện. Give the real name once it is whole, to outlive a power cut.
async function keep(temporary, path) {
  await sync(temporary);
  await rename(temporary, path).catch(async (error) => {
    if (!["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    await rm(temporary, { recursive: true }); // the same, at the same time, was faster
  });
  await sync(join(path, ".."));
}

async function sync(path) {
  const directory = await open(path);
  await directory.sync().finally(() => directory.close());
}

async function put(kind, name, files) {
  const temporary = await mkdtemp(folder("tmp", `${kind}-`));
  for (const [file, content] of Object.entries(files))
    await save(join(temporary, file), [Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))]);
  await keep(temporary, folder(kind, name));
}

rmSync(folder("tmp"), { recursive: true, force: true }); // what was half-way when it died
for (const each of ["tmp", "in", "news", "out", "done"]) mkdirSync(folder(each), { recursive: true });
const kit = options.kit ? (await import("./kit.mjs")).kit({ folder, json, next, put, Problem }) : undefined;
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(Number(options.port), options.host, () => console.log(`http://${options.host}:${server.address().port}`));
