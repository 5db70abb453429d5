/* Files: what a page wants to save is fetched, opened and handed to the browser piece by piece, so that no whole file lies
   in memory; and what other apps share is put where the page finds it. The pieces: src/panels/files/pieces.ts. */
const PART = 512 * 1024;
const PARTS = 8;
const PIECE = PARTS * PART;
const SEALED_PART = 12 + PART + 16;
const PURPOSE = "wayhome file 2\n";
/* So many pieces are asked for ahead. */
const AHEAD = 4;
const SHARED = "shared";
/* So long, in ms, nothing may come of a file that is still on its way. */
const STALLED = 3 * 60_000;
/* What is about to be saved, by the name that stands in its address, and what is being saved. */
const saves = new Map();
const saving = new Map();

self.addEventListener("message", (event) => {
  const { save, alive } = event.data || {};
  // While a file is on its way its page says so now and then: a worker that hears nothing is ended. The answer tells
  // the page that this one has not been ended all the same: the next one knows of nothing.
  if (alive) return void event.ports[0]?.postMessage({ here: saving.has(alive) || saves.has(alive) });
  if (!save) return;
  saves.set(save.at, { ...save, port: event.ports[0] });
  event.ports[0].postMessage({ ready: true, answers: true });
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const home = new URL("./", location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(home.pathname)) return;
  const rest = url.pathname.slice(home.pathname.length);
  if (rest.startsWith("saved/") && event.request.method === "GET") {
    const save = saves.get(rest.slice("saved/".length));
    saves.delete(rest.slice("saved/".length));
    event.respondWith(save ? saved(save) : new Response("", { status: 404 }));
  } else if (rest === "share" && event.request.method === "POST") event.respondWith(shared(event.request, home));
});

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (data) => Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function opener({ key }) {
  const raw = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(`${PURPOSE}seal`) };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

async function piece(save, key, index, signal) {
  const answer = await fetch(`${save.base}api/files/piece/${encodeURIComponent(save.id)}/${index}`, { ...save.init, signal });
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status, said: await answer.text().catch(() => "") });
  const there = Number(answer.headers.get("X-Pieces-There"));
  const sealed = new Uint8Array(await answer.arrayBuffer());
  const length = Math.min(PIECE, save.size - index * PIECE);
  const parts = Math.ceil(length / PART);
  // One that holds a part of the next piece as well would be opened, too, and give that part twice.
  if (sealed.length !== length + parts * (SEALED_PART - PART)) throw new DOMException("no piece of this file", "OperationError");
  const opened = async (_, n) => {
    const part = sealed.subarray(n * SEALED_PART, (n + 1) * SEALED_PART);
    const bound = utf8(`${PURPOSE}${save.id}\n${index * PARTS + n}\n${save.size}`);
    const content = await crypto.subtle.decrypt({ name: "AES-GCM", iv: part.subarray(0, 12), additionalData: bound }, key, part.subarray(12));
    return { content: new Uint8Array(content), digest: new Uint8Array(await crypto.subtle.digest("SHA-256", content)) };
  };
  return { parts: await Promise.all(Array.from({ length: parts }, opened)), there };
}

/* A piece, also where the hub is away for a moment, or it has not come yet. */
async function surely(save, key, index, signal) {
  const begun = Date.now();
  for (let tries = 0; ; tries++) {
    try {
      return await piece(save, key, index, signal);
    } catch (error) {
      if (error.status === 423 && !signal.aborted) {
        if (Date.now() - begun > STALLED) throw Object.assign(error, { why: "stalled", status: 0 });
        tries = 0;
        continue;
      }
      const lasting = error.name === "OperationError" || (error.status && (error.status < 500 || error.status === 507) && error.status !== 429);
      if (signal.aborted || lasting || tries >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 500 * 2 ** tries)));
    }
  }
}

/* The hash of the whole. Of a file that is still on its way its page asks for it when the last piece has come. */
function hashOf(save, signal) {
  if (save.hash) return save.hash;
  save.port.postMessage({ asks: true });
  return new Promise((resolve, reject) => {
    save.hashed = resolve;
    const ends = () => reject(Object.assign(new Error("unsaid"), { why: "stalled" }));
    setTimeout(ends, STALLED);
    signal.addEventListener("abort", ends);
  });
}

/* The file as a stream. Its last piece is given only when all of it has the hash that its sender sealed: what is not
   whole ends as a download that failed. */
function saved(save) {
  const { port, size, name } = save;
  const count = Math.ceil(size / PIECE);
  const stop = new AbortController();
  const digests = new Uint8Array(32 * Math.ceil(size / PART));
  const coming = [];
  let there = save.there ?? count;
  let key;
  let at = 0;
  saving.set(save.at, save);
  const end = (word) => {
    if (saving.get(save.at) === save) saving.delete(save.at);
    port.postMessage(word);
  };
  port.onmessage = ({ data }) => {
    if (data.stop) stop.abort();
    if (data.hash) save.hashed?.((save.hash = data.hash));
    if (data.failed) {
      save.failed = data.failed;
      stop.abort();
    }
  };
  const ask = (index) => coming.push(surely(save, key, index, stop.signal).then((found) => ((there = Math.max(there, index + 1, found.there || 0)), found), (error) => ({ error })));
  const check = async () => {
    if (hex(await crypto.subtle.digest("SHA-256", digests)) !== (await hashOf(save, stop.signal))) throw Object.assign(new Error("other"), { why: "other" });
  };
  const body = new ReadableStream(
    {
      async start() {
        key = await opener(save);
      },
      async pull(controller) {
        try {
          // Of what has not come yet one piece is asked for: each request that waits keeps others of this browser waiting.
          while (coming.length <= AHEAD && at + coming.length < Math.min(count, there + 1)) ask(at + coming.length);
          if (at < count) {
            const { parts, error } = await coming.shift();
            if (error) throw error;
            parts.forEach(({ digest }, n) => digests.set(digest, 32 * (at * PARTS + n)));
            at++;
            if (at === count) await check();
            for (const { content } of parts) controller.enqueue(content);
          } else await check();
          if (at < count) return void port.postMessage({ done: at / count });
          controller.close();
          end({ whole: true });
        } catch (error) {
          stop.abort();
          controller.error(error);
          end({ failed: save.failed || error.why || (error.name === "OperationError" ? "damaged" : "broke"), status: error.status, said: error.said });
        }
      },
      cancel() {
        stop.abort();
        end({ failed: "stopped" });
      },
    },
    { highWaterMark: 1 },
  );
  const named = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return new Response(body, {
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${named}`,
      "Content-Length": String(size),
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/* Another app has shared something: it waits here until the page, whoever looks at it then, has said where it goes. */
async function shared(request, home) {
  const form = await request.formData();
  await caches.delete(SHARED);
  const cache = await caches.open(SHARED);
  const text = ["title", "text", "url"].map((name) => form.get(name)).filter((one) => typeof one === "string" && one !== "");
  await cache.put(`${home.pathname}shared/text`, new Response([...new Set(text)].join("\n")));
  let count = 0;
  for (const file of form.getAll("files")) {
    if (typeof file === "string") continue;
    const headers = { "X-Name": encodeURIComponent(file.name), "Content-Type": file.type || "application/octet-stream" };
    await cache.put(`${home.pathname}shared/${count++}`, new Response(file, { headers }));
  }
  return Response.redirect(`${home.href}#/files/shared`, 303);
}
