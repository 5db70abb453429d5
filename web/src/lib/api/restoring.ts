/** Putting a household back on a fresh hub, and waiting until a hub that opens anew is there again. */

import { act, ApiError, problem } from "./call";
import type { components } from "./schema";
import { state } from "./door";

export type Came = components["schemas"]["Came"];

const PAUSE = 500;

/** Send a backup or an export; `onshare` hears how much of it is there, 0 to 1. */
export function send(file: Blob, code: string | undefined, onshare: (share: number) => void, signal: AbortSignal): Promise<Came> {
  // fetch tells nothing of how far an upload is.
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "api/door/restore/file");
    request.setRequestHeader("Content-Type", "application/x-tar");
    if (code) request.setRequestHeader("X-Setup-Code", code);
    request.upload.onprogress = (event) => event.lengthComputable && onshare(event.loaded / event.total);
    request.onload = () => (request.status === 200 ? resolve(JSON.parse(request.responseText) as Came) : reject(problem(request.status, request.responseText)));
    request.onerror = () => reject(new ApiError(0, "offline", ""));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** Check the file that was sent and open the hub anew with it. Sentences on what is to be done then. */
export const putBack = async (passphrase: string | undefined, code: string | undefined) =>
  (await act<{ notes: string[] }>("door/restore", { passphrase: passphrase || null, code: code || null })).notes;

/** Wait until the hub runs anew. `run`: the present one's. False: it is not back in time. */
export async function anew(run: string, patience = 120_000): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    const now = await state().catch(() => undefined);
    if (now && now.run !== run) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return false;
}
