/** Sites: the household's hubs, at home and in its cars. */

import { act, read } from "./call";
import { state } from "./door";
import type { components } from "./schema";

/** How another site is doing, as at `hub/site.<id>`. */
export type SiteStatus = components["schemas"]["SiteStatus"];
const PAUSE = 500;
export type SiteInvitation = components["schemas"]["SiteInvitation"];
/** How this hub is reached from outside the house. */
export type RelayStatus = components["schemas"]["RelayStatus"];

export const invite = () => act<SiteInvitation>("sites/invite");
/** Have this fresh hub join the household of an invitation's link; true once its people are here, too. */
export async function join(link: string, patience = 20_000): Promise<boolean> {
  await act("door/join", { link });
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if ((await state().catch(() => undefined))?.owner) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return false;
}
export const remove = (site: string) => act("sites/remove", { site });
/** Have a thing be of another site. `twin`: what a link there calls it, where it is not found by itself. */
export const move = (thing: string, site: string, twin = "") => act<components["schemas"]["ThingMoved"]>("sites/move", { thing, site, twin });
export const relay = () => read<RelayStatus>("sites/relay");
/** Be reached through the relay at `address` (HOST:PORT), or through none (""). */
export const useRelay = (address: string) => act<RelayStatus>("sites/use_relay", { relay: address });
