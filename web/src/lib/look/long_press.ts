/** Pressing longer than a tap, as a Svelte attachment. The tap that it would end in is not one. */

import type { Attachment } from "svelte/attachments";

const LONG = 550;
const STILL = 12;

export function longPress(run: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let done = false;
    const end = () => {
      clearTimeout(timer);
      timer = undefined;
    };
    const down = (event: PointerEvent) => {
      end();
      done = false;
      if (!event.isPrimary || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        done = true;
        navigator.vibrate?.(20);
        run();
      }, LONG);
    };
    const move = (event: PointerEvent) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL && end();
    const click = (event: Event) => {
      if (!done) return;
      done = false;
      event.stopImmediatePropagation();
      event.preventDefault();
    };
    const menu = (event: Event) => event.preventDefault();
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(name, end);
    element.addEventListener("click", click, { capture: true });
    element.addEventListener("contextmenu", menu);
    return () => {
      end();
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel", "pointerleave"]) element.removeEventListener(name, end);
      element.removeEventListener("click", click, { capture: true });
      element.removeEventListener("contextmenu", menu);
    };
  };
}
