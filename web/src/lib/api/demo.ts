/** The demo of two hubs. */

import { act } from "./call";
import type { components } from "./schema";

/** The car drives into the tunnel, or out of it. */
export const tunnel = (closed: boolean) => act<components["schemas"]["TunnelNow"]>("demo/tunnel", { closed });
