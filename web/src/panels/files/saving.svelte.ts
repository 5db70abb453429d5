/** One file on its way from the hub to this device's own files. The service worker does it, so that no whole file lies in
 *  memory; where there is none, the page takes what is small enough. */

import { ApiError, problem } from "../../lib/api/call";
import * as api from "../../lib/api/files";
import { at, request } from "../../lib/live/at";
import type { Bytes } from "../../lib/sealing/bytes";
import { safe } from "./names";
import { keysOf, open, PIECE, whole, type Said } from "./pieces";
import { SHOWN } from "./sending.svelte";

/** So much, in bytes, a page takes without a service worker. */
export const SMALL = 256 * 1024 * 1024;
const ALIVE = 5_000;
/** So many times the service worker may leave it unanswered whether it is still there. */
const SILENT = 3;
const PATIENCE = 2_500;
/** So long, in ms, nothing may come of a file that is still on its way. */
const STALLED = 3 * 60_000;

export type Why = "damaged" | "other" | "broke" | "stopped" | "large" | "stalled" | "gone" | "old";
/** `answers`: it says whether it is still there, and saves what is still on its way; older ones do neither. `asks`: for the hash of what is now whole. */
interface Word {
  readonly ready?: true;
  readonly answers?: true;
  readonly asks?: true;
  readonly done?: number;
  readonly whole?: true;
  readonly failed?: Why;
  readonly status?: number;
  readonly said?: string;
}

export class Saving {
  share = $state.raw(0);
  state = $state.raw<"saves" | "saved" | Why>("saves");
  /** What the hub said, where it is that. */
  error = $state.raw<ApiError | undefined>();
  #stop = new AbortController();
  #shown = 0;
  #port: MessagePort | undefined;

  constructor(
    readonly id: string,
    readonly said: Said,
    readonly win: Window,
    /** What its sender says of the file by now; undefined: nothing any more. Throws ApiError. */
    readonly now: () => Promise<Said | undefined>,
    /** How many of its pieces are at the hub; undefined: all. */
    readonly have?: number,
  ) {}

  /** Done when the browser has all of it, or nothing more comes of it. Never throws. */
  async run(): Promise<void> {
    try {
      const worker = await this.#worker();
      await (worker ? this.#streamed(worker) : this.#small());
      if (this.state !== "saves") return;
      this.state = "saved";
      await api.got(this.id);
    } catch (error) {
      if (error instanceof ApiError) this.error = error;
      if (this.state === "saves") this.state = this.#stop.signal.aborted ? "stopped" : "broke";
    }
    // Who took it away while it was on its way has said so; that there is nothing is no riddle then.
    if (this.said.hash === undefined && this.error?.code === "not_found") {
      this.error = undefined;
      this.state = "gone";
    }
  }

  /** The hash of a file that was on its way when this began. Its sender may have sealed another name or key with it: what
   *  came so far is of another file then. */
  async #hash(): Promise<string | undefined> {
    const { text, size, key } = this.said;
    const now = await this.now();
    return now !== undefined && now.text === text && now.size === size && now.key === key ? now.hash : undefined;
  }

  #show(share: number): void {
    if (Date.now() - this.#shown < SHOWN) return;
    this.#shown = Date.now();
    this.share = share;
  }

  async #tell(): Promise<void> {
    const hash = await this.#hash().catch(() => undefined);
    this.#port?.postMessage(hash === undefined ? { failed: "other" } : { hash });
  }

  stop(): void {
    this.#stop.abort();
    this.#port?.postMessage({ stop: true });
  }

  async #worker(): Promise<ServiceWorker | undefined> {
    const workers = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
    return workers?.controller ?? (await workers?.getRegistration())?.active ?? undefined;
  }

  #streamed(worker: ServiceWorker): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const { document } = this.win;
    const name = this.id.replace(/[^0-9a-z]/g, "");
    const save = {
      at: name, id: this.id, name: safe(this.said.text), size: this.said.size, key: this.said.key, hash: this.said.hash, there: this.have,
      base: at.door === "" ? document.baseURI.replace(/[#?].*$/, "").replace(/[^/]*$/, "") : `${at.door}/`,
      init: at.door === "" ? { credentials: "same-origin" } : { credentials: "omit", headers: { Authorization: `Bearer ${at.pass}` } },
    };
    const frame = document.createElement("iframe");
    frame.hidden = true;
    let silent = 0;
    let alive: ReturnType<typeof setInterval> | undefined;
    const done = new Promise<void>((resolve, reject) => {
      const fail = (why: Why) => {
        this.state = why;
        reject(new Error(why));
      };
      // An older worker, from before there were files, does not answer.
      const late = setTimeout(() => resolve(this.#small()), PATIENCE);
      port1.onmessage = ({ data }: MessageEvent<Word>) => {
        clearTimeout(late);
        silent = 0;
        if (data.ready) {
          if (this.said.hash === undefined && !data.answers) return fail("old");
          alive = setInterval(() => {
            // One that the browser has ended says nothing of it, and the next one knows of nothing.
            const { port1: ear, port2: mouth } = new MessageChannel();
            ear.onmessage = ({ data: { here } }: MessageEvent<{ here: boolean }>) => (here ? (silent = 0) : fail("broke"));
            if (data.answers && silent++ >= SILENT) return fail("broke");
            worker.postMessage({ alive: name }, [mouth]);
          }, ALIVE);
          frame.src = `saved/${name}`;
          document.body.append(frame);
        } else if (data.done !== undefined) this.#show(data.done);
        else if (data.asks) void this.#tell();
        else if (data.whole) resolve(void (this.share = 1));
        else if (data.failed) {
          if (data.status) this.error = problem(data.status, data.said ?? "");
          fail(data.failed);
        }
      };
    });
    worker.postMessage({ save }, [port2]);
    return done.finally(() => {
      clearInterval(alive);
      // The browser still takes what it was given.
      setTimeout(() => frame.remove(), 60_000);
    });
  }

  async #small(): Promise<void> {
    const { size } = this.said;
    if (size > SMALL) return void (this.state = "large");
    const keys = await keysOf(this.said.key);
    const count = Math.ceil(size / PIECE);
    const parts: Blob[] = [];
    const digests: Bytes[] = [];
    for (let index = 0; index < count; index++) {
      const answer = await this.#piece(index);
      if (answer === undefined) return void (this.state = "stalled");
      const opened = await open(keys, this.id, index, size, new Uint8Array(await answer.arrayBuffer())).catch(() => undefined);
      if (opened === undefined) return void (this.state = "damaged");
      digests.push(opened.inner);
      parts.push(new Blob([...opened.parts]));
      this.#show((index + 1) / count);
    }
    if ((await whole(digests)) !== (this.said.hash ?? (await this.#hash()))) return void (this.state = "other");
    const link = this.win.document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
    link.download = safe(this.said.text);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  /** A piece, also where it has not come yet; undefined: none comes any more. Throws ApiError. */
  async #piece(index: number): Promise<Response | undefined> {
    const begun = Date.now();
    for (;;) {
      const answer = await request(`api/files/piece/${encodeURIComponent(this.id)}/${index}`, { signal: this.#stop.signal });
      if (answer.ok) return answer;
      if (answer.status !== 423) throw problem(answer.status, await answer.text());
      if (Date.now() - begun > STALLED) return undefined;
    }
  }
}
