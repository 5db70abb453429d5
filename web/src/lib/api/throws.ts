/** Throws: what a guest's phone hands to this screen by its code. */

import { request } from "../live/at";
import type { Bytes } from "../sealing/bytes";
import { act, problem } from "./call";
import type { components } from "./schema";

export type Opened = components["schemas"]["Opened"];

export const open = () => act<Opened>("throws/open");
export const close = (id: string) => act("throws/close", { id });

/** What was thrown, sealed. Throws ApiError. */
export async function thrown(id: string): Promise<Bytes> {
  const answer = await request(`api/throws/thrown/${id}`);
  if (!answer.ok) throw problem(answer.status, await answer.text());
  return new Uint8Array(await answer.arrayBuffer());
}
