/** One file on its way from the hub to this device's own files. The service worker does it, so that no whole file lies in
 *  memory; where there is none, the page takes what is small enough. */

import { ApiError, problem } from "../../lib/api/call";
import * as api from "../../lib/api/files";
import { at, request } from "../../lib/live/at";
import { hex, joined, sha256, type Bytes } from "../../lib/sealing/bytes";
import { safe } from "./names";
import { keysOf, open, PIECE, type Said } from "./pieces";

/** So much, in bytes, a page takes without a service worker. */
export const SMALL = 256 * 1024 * 1024;
const ALIVE = 5_000;
const PATIENCE = 2_500;

export type Why = "damaged" | "other" | "broke" | "stopped" | "large";
interface Word {
  readonly ready?: true;
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
  #port: MessagePort | undefined;

  constructor(
    readonly id: string,
    readonly said: Said,
    readonly win: Window,
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
      at: name, id: this.id, name: safe(this.said.text), size: this.said.size, key: this.said.key, hash: this.said.hash,
      base: at.door === "" ? document.baseURI.replace(/[#?].*$/, "").replace(/[^/]*$/, "") : `${at.door}/`,
      init: at.door === "" ? { credentials: "same-origin" } : { credentials: "omit", headers: { Authorization: `Bearer ${at.pass}` } },
    };
    const frame = document.createElement("iframe");
    frame.hidden = true;
    const alive = setInterval(() => worker.postMessage({ alive: true }), ALIVE);
    const done = new Promise<void>((resolve, reject) => {
      // An older worker, from before there were files, does not answer.
      const late = setTimeout(() => resolve(this.#small()), PATIENCE);
      port1.onmessage = ({ data }: MessageEvent<Word>) => {
        clearTimeout(late);
        if (data.ready) {
          frame.src = `saved/${name}`;
          document.body.append(frame);
        } else if (data.done !== undefined) this.share = data.done;
        else if (data.whole) resolve(void (this.share = 1));
        else if (data.failed) {
          this.state = data.failed;
          if (data.status) this.error = problem(data.status, data.said ?? "");
          reject(new Error(data.failed));
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
      const answer = await request(`api/files/piece/${encodeURIComponent(this.id)}/${index}`, { signal: this.#stop.signal });
      if (!answer.ok) throw problem(answer.status, await answer.text());
      const content = await open(keys, this.id, index, size, new Uint8Array(await answer.arrayBuffer())).catch(() => undefined);
      if (content === undefined) return void (this.state = "damaged");
      digests.push(new Uint8Array(await sha256(content)));
      parts.push(new Blob([content]));
      this.share = (index + 1) / count;
    }
    if (hex(await sha256(joined(...digests))) !== this.said.hash) return void (this.state = "other");
    const link = this.win.document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
    link.download = safe(this.said.text);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
