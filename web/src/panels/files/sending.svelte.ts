/** One file on its way from this screen to the hub: sealed piece by piece, each sent when the one before is on the disk. */

import { ApiError } from "../../lib/api/call";
import * as api from "../../lib/api/files";
import { base64url, bytesOf, hex, type Bytes } from "../../lib/sealing/bytes";
import type { Group } from "../../lib/sealing/group.svelte";
import { Bench, keysOf, PIECE, seal, whole, type Keys, type Said, type Sealed } from "./pieces";

export const KIND = "file";
/** After a trouble it goes on by itself, so many ms later: the first times soon. */
const WAITS = [1_000, 2_000, 5_000, 10_000, 20_000];
const DIGEST = 32;
/** So many pieces are on their way at once. */
const FLYING = 3;
/** So many are made ready at once: to hash and seal one leaves the machine's other cores idle. */
const READY = 2;
/** A bar that moves without end takes its time from what it tells of: it moves every so many ms. */
export const SHOWN = 500;
/** What no waiting mends. */
const FINAL = ["bad_input", "conflict", "not_allowed", "not_found", "too_large", "sign_in_needed"];

/** `next`: others go before it. `waits`: the hub is away or has no room; it goes on by itself. `failed`: somebody has to
 *  do something. */
export type State = "next" | "sends" | "waits" | "failed" | "whole" | "stopped";
/** `other`: it is not the file that was begun. `unread`: it can't be read any more. */
export class Trouble extends Error {
  constructor(readonly why: "other" | "unread") {
    super(why);
  }
}

export class Sending {
  state = $state.raw<State>("next");
  /** The hub knows of it. */
  begun = $state.raw(false);
  /** From 0 to 1. */
  share = $state.raw(0);
  error = $state.raw<ApiError | Trouble | undefined>();
  #stop = new AbortController();
  #woken: (() => void) | undefined;
  #bench: Bench | undefined;
  #shown = 0;
  #reached = 0;
  #inner: Bytes[] = [];
  #outer: Bytes[] = [];
  #frames: { offer?: string; finish?: string } = {};

  constructor(
    readonly group: Group,
    readonly id: string,
    readonly file: Blob,
    /** What is sealed of it: its name, type and key. */
    readonly said: Said,
    /** Undefined: it was begun before, and goes on. */
    readonly fresh: Pick<api.NewFile, "to" | "everybody"> | undefined,
  ) {
    this.begun = fresh === undefined;
  }

  /** Send all of it; done when it is whole, or nothing more comes of it. Never throws. */
  async run(): Promise<void> {
    if (this.state === "next") this.state = "sends";
    for (let tries = 0; this.state === "sends" || this.state === "waits"; tries++) {
      const before = this.#outer.length;
      try {
        if (!this.begun) await this.#sealed("offer", (frame) => api.offer({ id: this.id, frame, size: this.said.size, ...this.fresh! }), this.said);
        this.begun = true;
        await this.#pieces(await keysOf(this.said.key));
        const hash = await whole(this.#inner);
        const root = await whole(this.#outer);
        await this.#sealed("finish", (frame) => api.finish(this.id, frame, root), { ...this.said, hash });
        this.share = 1;
        this.state = "whole";
        this.#bench = undefined;
      } catch (error) {
        if (this.#stopped()) return;
        this.share = this.#reached;
        this.error = error instanceof ApiError || error instanceof Trouble ? error : new ApiError(0, "internal", String(error));
        if (this.error instanceof Trouble || FINAL.includes(this.error.code)) return void (this.state = "failed");
        this.state = "waits";
        if (this.#outer.length > before) tries = 0;
        await new Promise<void>((resolve) => {
          this.#woken = resolve;
          setTimeout(resolve, WAITS[Math.min(tries, WAITS.length - 1)]);
        });
      }
    }
  }

  /** Try again now. */
  wake(): void {
    this.#woken?.();
  }

  /** Nothing more is sent. */
  stop(): void {
    this.state = "stopped";
    this.#stop.abort();
    this.#woken?.();
  }

  #stopped(): boolean {
    return this.state === "stopped";
  }

  /** What of it is there already, and whether that is this file; then the others, one after the other. */
  async #pieces(keys: Keys): Promise<void> {
    const { size } = this.said;
    const count = Math.ceil(size / PIECE);
    const kept = await api.kept(this.id);
    const there = bytesOf(kept.digests)!;
    // What was read before the way broke off is not read once more, as far as it is there.
    const known = this.#outer.findIndex((digest, index) => index >= kept.have || !same(digest, there, index));
    const first = known < 0 ? this.#outer.length : known;
    this.#inner.length = this.#outer.length = first;
    const broke = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, broke.signal]);
    const flying: Promise<number>[] = [];
    const landed = async () => {
      const have = await flying.shift()!;
      this.state = "sends";
      this.error = undefined;
      this.#show((have * PIECE) / size);
    };
    try {
      const ready: Promise<Sealed>[] = [];
      for (let index = first, asked = first; index < count; index++) {
        // While some are on their way the next are made ready, and while the hub writes one another comes.
        for (; asked < Math.min(count, index + READY); asked++) {
          ready.push(this.#read(keys, asked));
          ready.at(-1)!.catch(() => undefined);
        }
        const { piece, digest, inner } = await ready.shift()!;
        if (this.#stopped()) throw new ApiError(0, "stopped", "");
        if (index < kept.have) {
          if (!same(digest, there, index)) throw new Trouble("other");
          this.#show(((index + 1) * PIECE) / size);
        } else {
          const put = api.put(this.id, index, piece, hex(digest), signal);
          put.catch(() => undefined);
          flying.push(put);
        }
        this.#inner.push(inner);
        this.#outer.push(digest);
        if (flying.length >= FLYING) await landed();
      }
      while (flying.length > 0) await landed();
    } catch (error) {
      broke.abort();
      // The hub has other pieces than was thought: it is asked anew.
      throw error instanceof ApiError && error.code === "conflict" ? new ApiError(error.status, "again", error.detail, error.advice) : error;
    }
  }

  #show(share: number): void {
    this.#reached = Math.min(1, share);
    if (Date.now() - this.#shown < SHOWN) return;
    this.#shown = Date.now();
    this.share = this.#reached;
  }

  async #read(keys: Keys, index: number): Promise<Sealed> {
    const { size } = this.said;
    const content = await this.file.slice(index * PIECE, Math.min(size, (index + 1) * PIECE)).arrayBuffer().catch(() => {
      throw new Trouble("unread");
    });
    return seal(keys, this.id, index, size, new Uint8Array(content), (this.#bench ??= new Bench()));
  }

  /** Say something sealed: the same where an answer was lost, anew where somebody was put out of the group meanwhile. */
  async #sealed(what: "offer" | "finish", say: (frame: string) => Promise<unknown>, said: Said): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await say((this.#frames[what] ??= await this.group.seal(KIND, this.id, said)));
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "conflict" || tries > 0) throw error;
        await this.group.settle();
        this.#frames[what] = undefined;
      }
    }
  }
}

const same = (digest: Bytes, all: Bytes, index: number): boolean => base64url(digest) === base64url(all.slice(index * DIGEST, (index + 1) * DIGEST));
