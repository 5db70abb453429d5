/** The tap that a longer press or a swipe would end in is none, on whatever lies under the finger by then: what the press
 *  has opened must not be shut by letting go. */

/** How long after the finger is off a browser may take to tell of the tap, in ms. */
const TOLD = 80;

/** What a browser makes of a finger that leaves the glass: none of it is meant for what lies there by then. A slider takes
 *  its value from the mouse's button going down, which is told with the tap. */
const TAP = ["touchend", "mousedown", "mouseup", "click"] as const;

/** The tap that the finger on the glass ends in counts for nothing; the next one does, however soon it comes. `off`: the
 *  finger is off already, only the tap is not told yet. */
export function noTap(off = false): void {
  const free = () => {
    for (const end of ENDS) removeEventListener(end, ended, { capture: true });
    removeEventListener("pointerdown", free, { capture: true });
    for (const one of TAP) removeEventListener(one, swallow, { capture: true });
  };
  const ended = () => setTimeout(free, TOLD);
  for (const end of ENDS) addEventListener(end, ended, { capture: true });
  addEventListener("pointerdown", free, { capture: true });
  for (const one of TAP) addEventListener(one, swallow, { capture: true, passive: false });
  if (off) ended();
}

const ENDS = ["pointerup", "pointercancel"] as const;

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
