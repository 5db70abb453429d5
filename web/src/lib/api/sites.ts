/** Sites: the household's hubs, at home and in its cars. */

import { act } from "./call";
import type { components } from "./schema";

/** How another site is doing, as at `hub/site.<id>`. */
export type SiteStatus = components["schemas"]["SiteStatus"];
export type SiteInvitation = components["schemas"]["SiteInvitation"];

export const invite = () => act<SiteInvitation>("sites/invite");
export const remove = (site: string) => act("sites/remove", { site });
