/** Pressing longer than a tap, as a Svelte attachment. */

import type { Attachment } from "svelte/attachments";
import { noTap } from "./no_tap";

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
        noTap();
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
