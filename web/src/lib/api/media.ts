/** What plays: what is asked of the hub about it. */

import { act } from "./call";
import type { components } from "./schema";

export const handOver = (player: string, to: string): Promise<components["schemas"]["MediaHandedOver"]> => act("media/hand_over", { player, to });
