/** The clipboard's entries, as the hub hands them out: sealed. */

import { request } from "../live/at";
import type { Bytes } from "../sealing/bytes";
import { act, problem, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ShownEntry = Schemas["ShownEntry"];
export type Choice = Schemas["ClipboardChoice"];

export const entries = () => read<Schemas["Entries"]>("clipboard/list");
export const put = (id: string, frame: string, brief: boolean) => act<ShownEntry>("clipboard/put", { id, frame, brief });
export const pin = (id: string, pinned: boolean) => act("clipboard/pin", { id, pinned });
export const remove = (id: string) => act("clipboard/remove", { id });
export const tell = (id: string, phones: boolean) => act<Schemas["ToldOf"]>("clipboard/tell", { id, phones });
export const got = (id: string) => act("clipboard/got", { id });
export const choose = (choice: Choice) => act<Choice>("clipboard/choose", choice);

const at = (id: string) => `api/clipboard/image/${encodeURIComponent(id)}`;

/** Put an image in, `body` as `imageBody` makes it. Throws ApiError. */
export async function putImage(id: string, body: Bytes, brief: boolean): Promise<void> {
  const answer = await request(`${at(id)}?brief=${brief}`, { method: "PUT", body, headers: { "Content-Type": "application/octet-stream" } });
  if (!answer.ok) throw problem(answer.status, await answer.text());
}

/** The sealed image of an entry. Throws ApiError. */
export async function image(id: string): Promise<Bytes> {
  const answer = await request(at(id));
  if (!answer.ok) throw problem(answer.status, await answer.text());
  return new Uint8Array(await answer.arrayBuffer());
}
