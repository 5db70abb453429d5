/** A camera's still pictures, one after the other. A picture that does not come leaves the one before, and says why. */

import { untrack } from "svelte";
import { ApiError } from "../../lib/api/call";
import { request } from "../../lib/live/at";
import { able, drawOne } from "./film_world";

const EVERY = 5_000;
/** The hub itself waits 10 s for a camera. */
const WITHIN = 15_000;

export class Still {
  /** The picture, as an address of this page's own. */
  src = $state<string | undefined>();
  /** When it was taken, s since 1970 by the hub's clock; 0: nobody knows. */
  at = $state<number | undefined>();
  /** When it was asked for, by the same clock. */
  taken = $state<number | undefined>();
  busy = $state(false);
  wrong = $state.raw<ApiError | undefined>();
  #ended = false;

  constructor(
    readonly camera: string,
    readonly now: () => number,
  ) {}

  /** Take one now. */
  async take(): Promise<void> {
    if (this.busy || this.#ended) return;
    this.busy = true;
    this.taken = this.now();
    try {
      const answer = await request(`api/home/picture?thing=${encodeURIComponent(this.camera)}`, { cache: "no-store", signal: AbortSignal.timeout(WITHIN) }).catch(lost);
      if (!answer.ok) throw await problem(answer);
      const picture = URL.createObjectURL(await sent(answer).catch(lost));
      if (await drawn(picture)) this.#show(picture, Number(answer.headers.get("wayhome-at") ?? this.now()));
      else {
        URL.revokeObjectURL(picture);
        throw new ApiError(0, "no_picture", "");
      }
      this.wrong = undefined;
    } catch (error) {
      this.wrong = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
    } finally {
      this.busy = false;
    }
  }

  /** Take one every few seconds while the page is looked at. Returns the end of it. An effect that calls this depends on
   *  nothing of it: it would begin anew with each picture, without pause. */
  follow(every = EVERY): () => void {
    untrack(() => void this.take());
    const timer = setInterval(() => document.visibilityState === "visible" && void this.take(), every);
    return () => clearInterval(timer);
  }

  end(): void {
    this.#ended = true;
    if (this.src) URL.revokeObjectURL(this.src);
  }

  #show(picture: string, at: number): void {
    if (this.#ended) return URL.revokeObjectURL(picture);
    const before = this.src;
    this.src = picture;
    this.at = at;
    if (before) URL.revokeObjectURL(before);
  }
}

/** A hub without a decoder sends the film's own picture: then this browser draws it. */
async function sent(answer: Response): Promise<Blob> {
  if (answer.headers.get("content-type") !== "video/h264") return answer.blob();
  const data = await answer.arrayBuffer();
  return able() ? drawOne(data).catch(() => new Blob()) : new Blob();
}

function lost(error: unknown): never {
  throw new ApiError(0, error instanceof DOMException && error.name === "TimeoutError" ? "unreachable" : "offline", "");
}

/** Whether a browser can make a picture of it. */
async function drawn(address: string): Promise<boolean> {
  const image = new Image();
  image.src = address;
  return image.decode().then(() => true, () => false);
}

async function problem(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === "string" ? body[name] : undefined);
  return new ApiError(answer.status, text("code") ?? "internal", text("detail") ?? "", text("advice"));
}
