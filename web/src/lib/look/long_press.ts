/** Pressing longer than a tap, as a Svelte attachment. The tap that it would end in is none, on whatever lies under the finger
 *  by then: what the press has opened must not be shut by letting go. */

import type { Attachment } from "svelte/attachments";

const LONG = 550;
const STILL = 12;

export function longPress(run: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    const end = () => {
      clearTimeout(timer);
      timer = undefined;
    };
    const down = (event: PointerEvent) => {
      end();
      if (!event.isPrimary || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        untilLetGo();
        navigator.vibrate?.(20);
        run();
      }, LONG);
    };
    const move = (event: PointerEvent) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL && end();
    const menu = (event: Event) => event.preventDefault();
    const ENDS = ["pointerup", "pointercancel", "pointerleave"] as const;
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    for (const name of ENDS) element.addEventListener(name, end);
    element.addEventListener("contextmenu", menu);
    return () => {
      end();
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      for (const name of ENDS) element.removeEventListener(name, end);
      element.removeEventListener("contextmenu", menu);
    };
  };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

/** Taps count for nothing until the finger is off the glass. */
function untilLetGo(): void {
  const free = () => {
    removeEventListener("pointerup", free);
    removeEventListener("pointercancel", free);
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 80);
  };
  addEventListener("click", swallow, { capture: true });
  addEventListener("pointerup", free);
  addEventListener("pointercancel", free);
}
