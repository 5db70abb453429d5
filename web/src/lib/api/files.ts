/** Files that go from screen to screen. Their pieces are sealed here and opened here. */

import { request } from "../live/at";
import { act, ApiError, problem, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ShownFile = Schemas["ShownFile"];
export type FileScreen = Schemas["FileScreen"];

export interface NewFile {
  readonly id: string;
  readonly frame: string;
  readonly size: number;
  readonly to: readonly string[];
  readonly everybody: boolean;
}

export const list = () => read<Schemas["Files"]>("files/list").then(({ files }) => files);
export const screens = () => read<Schemas["FileScreens"]>("files/screens").then(({ screens }) => screens);
export const offer = (file: NewFile) => act<ShownFile>("files/offer", file);
export const kept = (id: string) => read<Schemas["KeptPieces"]>("files/kept", { id });
export const finish = (id: string, frame: string, root: string) => act<ShownFile>("files/finish", { id, frame, root });
export const got = (id: string) => act("files/got", { id });
export const remove = (id: string) => act("files/remove", { id });
export const hand = (id: string, screen: string) => act<ShownFile>("files/hand", { id, screen });
export const putBack = (id: string) => act("files/put_back", { id });

/** Send a piece; how many are on the hub's disk then. Throws ApiError. */
export async function put(id: string, index: number, piece: Blob, digest: string, signal: AbortSignal): Promise<number> {
  let response: Response;
  let text: string;
  try {
    const headers = { "Content-Type": "application/octet-stream", "X-Piece-SHA256": digest };
    response = await request(`api/files/piece/${encodeURIComponent(id)}/${index}`, { method: "PUT", headers, body: piece, signal });
    text = await response.text();
  } catch {
    throw new ApiError(0, signal.aborted ? "stopped" : "offline", "");
  }
  if (!response.ok) throw problem(response.status, text);
  return (JSON.parse(text) as Schemas["PieceCame"]).have;
}
