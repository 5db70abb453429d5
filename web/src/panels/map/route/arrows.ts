/** The picture of each manoeuvre and of each lane's way, and what it is called. Pure. */

import type { Key } from "../../../lib/i18n/words";
import type { IconName } from "../../../lib/icons/shapes";

const ARROWS: Record<string, IconName> = {
  start: "straight", start_right: "turnRight", start_left: "turnLeft", arrive: "flag", arrive_right: "flag", arrive_left: "flag", becomes: "straight", continue: "straight",
  slight_right: "slightRight", right: "turnRight", sharp_right: "sharpRight", uturn_right: "uturnRight", uturn_left: "uturnLeft", sharp_left: "sharpLeft", left: "turnLeft", slight_left: "slightLeft",
  ramp_straight: "straight", ramp_right: "rampRight", ramp_left: "rampLeft", exit_right: "rampRight", exit_left: "rampLeft", stay_straight: "straight", stay_right: "forkRight", stay_left: "forkLeft",
  merge: "merge", merge_right: "merge", merge_left: "merge", roundabout_enter: "roundabout", roundabout_exit: "slightRight", ferry_enter: "ferry", ferry_exit: "straight",
};
const LANES: Record<string, IconName> = {
  through: "straight", left: "turnLeft", right: "turnRight", slight_left: "slightLeft", slight_right: "slightRight", sharp_left: "sharpLeft", sharp_right: "sharpRight", reverse: "uturnLeft",
  merge_left: "slightLeft", merge_right: "slightRight",
};

/** `leftHand`: one drives on the left there, and round about the other way. */
export function arrow(kind: string, leftHand: boolean): IconName {
  const found = ARROWS[kind] ?? "straight";
  return leftHand && found === "roundabout" ? "roundaboutLeft" : found;
}

export const laneArrow = (leads: string): IconName => LANES[leads] ?? "straight";

/** What a manoeuvre is called, for who hears the screen. */
export function arrowKey(kind: string): Key {
  return (kind in ARROWS ? `guide.kind.${kind}` : "guide.kind.continue") as Key;
}
