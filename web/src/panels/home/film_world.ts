/** A film's socket and decoder, as the browser has them: H.264 as the camera sent it, drawn by WebCodecs; whole pictures (JPEG),
 *  which any browser draws. */

import { at } from "../../lib/live/at";
import type { FilmEvents, FilmWire, FilmWorld, Projector } from "./film.svelte";

/** Whether this browser can draw H.264: over https (or on the hub's own machine), with WebCodecs. */
export const able = (): boolean => "VideoDecoder" in globalThis;

const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel"];

function open(camera: string, events: FilmEvents): FilmWire {
  const url = new URL(`api/film?thing=${encodeURIComponent(camera)}`, at.door === "" ? location.href : `${at.door}/`);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const pass = at.pass;
  // At another door no cookie counts.
  if (at.door !== "" && pass !== undefined) socket.onopen = () => socket.send(JSON.stringify({ t: "auth", token: pass }));
  let bye: { code?: string; detail?: string; advice?: string } = {};
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data !== "string") return events.picture(data);
    const said = JSON.parse(data) as { t: string; codec: string; width: number; height: number; seldom?: boolean; ahead?: number; rests?: number };
    if (said.t === "film") events.film(said.codec, said.width, said.height, said.seldom, said.ahead, said.rests);
    else bye = said as typeof bye;
  };
  socket.onclose = () => events.ended(bye.code ?? "offline", bye.detail ?? "", bye.advice);
  const say = (said: object) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(said));
  return {
    seen: (number) => say({ t: "seen", n: number }),
    stay: () => say({ t: "stay" }),
    close: () => {
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    },
  };
}

/** By what the film turns out to be. */
function projector(canvas: HTMLCanvasElement, drawn: (number: number) => void, failed: () => void, spoilt: (number: number) => void): Projector {
  let inner: Projector | undefined;
  let whole: boolean | undefined;
  return {
    film: (codec, width, height) => {
      const now = codec.startsWith("image/");
      if (!now && !able()) return failed();
      if (whole !== now) {
        inner?.end();
        inner = now ? slides(canvas, drawn, spoilt) : decoded(canvas, drawn, failed);
        whole = now;
      }
      inner?.film(codec, width, height);
    },
    picture: (key, number, data) => inner?.picture(key, number, data),
    end: () => inner?.end(),
  };
}

/** Whole pictures. Of those that come faster than they are drawn, the newest. */
function slides(canvas: HTMLCanvasElement, drawn: (number: number) => void, spoilt: (number: number) => void): Projector {
  const pen = canvas.getContext("2d", { alpha: false });
  let type = "image/jpeg";
  let next: { number: number; data: Uint8Array } | undefined;
  let busy = false;
  let ended = false;
  const draw = async () => {
    busy = true;
    while (next !== undefined) {
      const { number, data } = next;
      next = undefined;
      const picture = await createImageBitmap(new Blob([data as BlobPart], { type })).catch(() => undefined);
      if (!ended && picture !== undefined) {
        if (canvas.width !== picture.width) canvas.width = picture.width;
        if (canvas.height !== picture.height) canvas.height = picture.height;
        pen?.drawImage(picture, 0, 0);
      }
      picture?.close();
      if (ended) return;
      (picture === undefined ? spoilt : drawn)(number);
    }
    busy = false;
  };
  return {
    film: (codec) => (type = codec),
    picture: (_, number, data) => {
      next = { number, data };
      if (!busy) void draw();
    },
    end: () => {
      ended = true;
      next = undefined;
    },
  };
}

/** H.264. Of pictures that come faster than the glass shows them, the newest. */
function decoded(canvas: HTMLCanvasElement, drawn: (number: number) => void, failed: () => void): Projector {
  const pen = canvas.getContext("2d", { alpha: false });
  let next: VideoFrame | undefined;
  let frame = 0;
  const show = () => {
    frame = 0;
    const picture = next;
    next = undefined;
    if (picture === undefined) return;
    if (canvas.width !== picture.displayWidth) canvas.width = picture.displayWidth;
    if (canvas.height !== picture.displayHeight) canvas.height = picture.displayHeight;
    pen?.drawImage(picture, 0, 0);
    const number = picture.timestamp;
    picture.close();
    drawn(number);
  };
  const decoder = new VideoDecoder({
    output: (picture) => {
      next?.close();
      next = picture;
      frame ||= requestAnimationFrame(show);
    },
    error: failed,
  });
  return {
    film: (codec, codedWidth, codedHeight) => {
      if (decoder.state !== "closed") decoder.configure({ codec, codedWidth, codedHeight, optimizeForLatency: true });
    },
    picture: (key, timestamp, data) => {
      // Its number goes along as its time: what is drawn is known by it.
      if (decoder.state === "configured") decoder.decode(new EncodedVideoChunk({ type: key ? "key" : "delta", timestamp, data }));
    },
    end: () => {
      cancelAnimationFrame(frame);
      next?.close();
      next = undefined;
      if (decoder.state !== "closed") decoder.close();
    },
  };
}

export const world = (canvas: HTMLCanvasElement): FilmWorld => ({
  open,
  projector: (drawn, failed, spoilt) => projector(canvas, drawn, failed, spoilt),
  steady: () => performance.now(),
  looked: () => document.visibilityState === "visible",
  watched: (changed) => {
    document.addEventListener("visibilitychange", changed);
    return () => document.removeEventListener("visibilitychange", changed);
  },
  touched: (called) => {
    for (const touch of TOUCHES) addEventListener(touch, called, { capture: true, passive: true });
    return () => {
      for (const touch of TOUCHES) removeEventListener(touch, called, { capture: true });
    };
  },
  later: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});

/** One picture (a key picture in Annex B form), drawn: for hubs that have no decoder of their own. Rejects where it can't be. */
export async function drawOne(data: ArrayBuffer): Promise<Blob> {
  const bytes = new Uint8Array(data);
  const canvas = new OffscreenCanvas(1, 1);
  const decoder = new VideoDecoder({
    output: (picture) => {
      canvas.width = picture.displayWidth;
      canvas.height = picture.displayHeight;
      canvas.getContext("2d")?.drawImage(picture, 0, 0);
      picture.close();
    },
    error: () => undefined,
  });
  decoder.configure({ codec: codec(bytes) });
  decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data: bytes }));
  await decoder.flush();
  decoder.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
}

/** What its parameter set (unit 7) says of its kind: three bytes after the unit's own. */
function codec(bytes: Uint8Array): string {
  const at = bytes.findIndex((byte, n) => (byte & 31) === 7 && bytes[n - 1] === 1 && bytes[n - 2] === 0 && bytes[n - 3] === 0);
  return `avc1.${[...bytes.subarray(at + 1, at + 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
