/** The tap that a longer press or a swipe would end in is none, on whatever lies under the finger by then: what the press
 *  has opened must not be shut by letting go. */

/** How long after the finger is off a browser may take to tell of the tap, in ms. */
const TOLD = 80;

/** The tap that the finger on the glass ends in counts for nothing; the next one does, however soon it comes. `off`: the
 *  finger is off already, only the tap is not told yet. */
export function noTap(off = false): void {
  const free = () => {
    for (const end of ENDS) removeEventListener(end, ended, { capture: true });
    removeEventListener("pointerdown", free, { capture: true });
    removeEventListener("click", swallow, { capture: true });
  };
  const ended = () => setTimeout(free, TOLD);
  for (const end of ENDS) addEventListener(end, ended, { capture: true });
  addEventListener("pointerdown", free, { capture: true });
  addEventListener("click", swallow, { capture: true });
  if (off) ended();
}

const ENDS = ["pointerup", "pointercancel"] as const;

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
