/** How long what somebody wishes waits for the hub. */

/** How long what is risky waits, in s. */
export const RISKY = 5;

/** How long a wish stays worth fulfilling, in s: the hub's own rule, needed here while the hub is away. */
export function timeToLive(path: string, risky: boolean): number {
  if (risky) return RISKY;
  const signal = path.slice(path.indexOf("/") + 1);
  return signal.startsWith("climate.") || signal.startsWith("Vehicle.Cabin.HVAC.") ? 600 : 30;
}

/** How a wish was made. `risky`: it opens or unlocks; `held`: it was pressed and held; `code`: what was typed along. */
export interface How {
  risky?: boolean;
  held?: boolean;
  code?: string;
}
