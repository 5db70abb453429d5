/** Pressing longer than a tap, as a Svelte attachment. */

import type { Attachment } from "svelte/attachments";
import { noTap } from "./no_tap";

const LONG = 550;
const STILL = 12;

export function longPress(run: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0, at: 0 };
    const end = () => {
      clearTimeout(timer);
      timer = undefined;
    };
    const down = (event: PointerEvent) => {
      end();
      if (!event.isPrimary || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, at: event.timeStamp };
      timer = setTimeout(long, LONG);
    };
    const long = (off = false) => {
      end();
      noTap(off);
      navigator.vibrate?.(20);
      run();
    };
    // A page that was busy is told of the finger that goes before its own timer: what counts is how long it was there.
    const up = (event: PointerEvent) => (timer !== undefined && event.timeStamp - from.at >= LONG ? long(true) : end());
    const move = (event: PointerEvent) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL && end();
    const menu = (event: Event) => event.preventDefault();
    const ENDS = ["pointercancel", "pointerleave"] as const;
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    for (const name of ENDS) element.addEventListener(name, end);
    element.addEventListener("contextmenu", menu);
    return () => {
      end();
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      for (const name of ENDS) element.removeEventListener(name, end);
      element.removeEventListener("contextmenu", menu);
    };
  };
}
