// Chế độ thử: để `lienthong adapter test` điều khiển bên kia. Không bao giờ bật khi chạy thật.
// Test mode: `lienthong adapter test` controls the other side by it. Never to be used in production.
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";

const REASON = "Không đúng thẩm quyền";
const MOODS = {
  failing: ["receiver-failed", "hỏng theo lệnh · failing as told", () => true],
  unauthorised: ["link-unauthorised", "sai mã truy cập · wrong token", () => true],
  refusing: ["receiver-refused", REASON, (name) => name === "POST /deliver" || name === "POST /report"],
};

export function kit({ folder, json, next, put, Problem }) {
  let mood = "well";

  async function all(kind, file) {
    const names = await readdir(folder(kind));
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(folder(kind, name, file)))));
  }

  async function held() {
    const documents = (await all("in", "consignment.json")).sort((one, other) => (one.taken < other.taken ? -1 : 1));
    const envelope = async ({ key }) => readFile(folder("in", createHash("sha256").update(key).digest("hex"), "envelope.edxml"));
    return Promise.all(
      documents.map(async (each) => ({
        reference: each.reference,
        envelope: (await envelope(each)).toString("base64"),
        files: Object.fromEntries(each.parts.map((part, index) => [`${index + 1} ${part.name}`, part.sha256])),
      })),
    );
  }

  async function told() {
    const news = (await all("news", "notice.json")).sort((one, other) => (one.heard < other.heard ? -1 : 1));
    return news.map(({ number, notation, code, description }) => ({ number, notation, code, description }));
  }

  async function offer(document) {
    const reference = next(), content = Buffer.from(document.content, "base64"), envelope = Buffer.from(edxml(document));
    const parts = [{ content_id: "phu-luc", ...measured(content) }];
    const item = { kind: "envelope", reference, ...measured(envelope), parts };
    await put("out", reference, { "item.json": item, "envelope.edxml": envelope, "part-0": content });
    return { reference };
  }

  async function offerStatus({ key, code, description }) {
    const reference = next();
    await put("out", reference, { "item.json": { kind: "status", reference, key, code, description } });
    return { reference };
  }

  async function outcomes() {
    const words = (each) => (each.outcome === "accepted" ? "accepted" : `${each.code}: ${each.vi}`);
    const settled = await all("done", "outcome.json");
    return { outcomes: Object.fromEntries(settled.map((each) => [each.reference, words(each)])) };
  }

  async function reset() {
    mood = "well";
    for (const kind of ["in", "news", "out", "done"])
      for (const name of await readdir(folder(kind))) await rm(folder(kind, name), { recursive: true });
  }

  return {
    // Ném lỗi mà bên kia đang phải giả vờ. Throws what the other side is told to pretend.
    before(name) {
      const [code, detail, concerns] = MOODS[mood] ?? [];
      if (code && !name.includes(" /kit/") && name !== "GET /manifest" && concerns(name)) throw new Problem(code, detail);
    },
    routes: {
      "POST /kit/mood": async (request) => void ({ mood } = await json(request)),
      "POST /kit/reset": reset,
      "GET /kit/held": async () => ({ held: await held() }),
      "GET /kit/told": async () => ({ told: await told() }),
      "POST /kit/offer": async (request) => offer(await json(request)),
      "POST /kit/offer-status": async (request) => offerStatus(await json(request)),
      "GET /kit/outcomes": outcomes,
    },
  };
}

function measured(content) {
  return { size: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

// Viết gói edXML từ bản ghi của hệ thống; tệp kèm đi rời. Writes an edXML envelope from a record; the attachment is beside it.
function edxml({ sender, receiver, number, notation, promulgated_on: day, subject, file }) {
  const text = (value) => value.replace(/[&<>]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each]);
  const tag = (name, ...inside) => `<edXML:${name}>${inside.join("")}</edXML:${name}>`;
  const date = day.replaceAll("-", "/"), now = new Date(Date.now() + 7 * 3600_000).toISOString();
  const stamp = `${now.slice(0, 10).replaceAll("-", "/")} ${now.slice(11, 19)}`; // Việt Nam: UTC+7
  const header = tag("MessageHeader",
    tag("From", tag("OrganId", text(sender)), tag("OrganName", text(sender))),
    tag("To", tag("OrganId", text(receiver)), tag("OrganName", text(receiver))),
    tag("DocumentId", text(`${sender},${date},${number}/${notation}`)),
    tag("Code", tag("CodeNumber", text(number)), tag("CodeNotation", text(notation))),
    tag("PromulgationInfo", tag("PromulgationDate", date)),
    tag("DocumentType", tag("Type", "1"), tag("TypeName", "Công văn")),
    tag("Subject", text(subject)),
    tag("SignerInfo", tag("FullName", "Nguyễn Văn Mẫu")),
  );
  const trace = tag("TraceHeaderList",
    tag("TraceHeader", tag("OrganId", text(sender)), tag("Timestamp", stamp)),
    tag("Bussiness", tag("BussinessDocType", "0")),
  );
  const reference = tag("Reference",
    tag("ContentId", "cid:phu-luc"),
    tag("ContentType", "application/octet-stream"),
    tag("AttachmentName", text(file)),
  );
  const namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
  const body = tag("edXMLBody", `<edXML:edXMLManifest version="1.0">${reference}</edXML:edXMLManifest>`);
  const inside = `${tag("edXMLHeader", header, trace)}${body}`;
  const envelope = `<edXML:edXMLEnvelope xmlns:edXML="${namespace}">${inside}</edXML:edXMLEnvelope>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="${namespace}">${envelope}</edXML>\n`;
}
