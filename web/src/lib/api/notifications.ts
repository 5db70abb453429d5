/** What the apps on this person's phones say. It comes sealed. */

import { request } from "../live/at";
import { act, ApiError, problem, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Listed = Schemas["NotificationList"];
export type ShownNotification = Schemas["ShownNotification"];
export type Rules = Schemas["NotificationRules"];
export type Wishes = Partial<Schemas["NotificationWishes"]>;
export type OfApp = Rules["apps"][string];

export const list = (run: string, revision: number) => read<Listed>("notifications/list", { run, revision });
export const icon = (id: string) => read<Schemas["NotificationIcon"]>("notifications/icon", { id });
export const dismiss = (ids: readonly string[]) => act("notifications/dismiss", { ids });
export const reply = (id: string, text: string) => act("notifications/reply", { id, text });
export const press = (id: string, action: string) => act("notifications/act", { id, action });
export const rules = () => read<Rules>("notifications/rules");
export const choose = (wishes: Wishes) => act<Rules>("notifications/choose", wishes);

/** A notification as sound. Throws ApiError. */
export async function aloud(id: string): Promise<ArrayBuffer> {
  const answer = await request(`api/notifications/read_aloud?${new URLSearchParams({ id })}`).catch(() => {
    throw new ApiError(0, "offline", "");
  });
  if (!answer.ok) throw problem(answer.status, await answer.text());
  return answer.arrayBuffer();
}
