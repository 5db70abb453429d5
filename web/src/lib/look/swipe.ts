/** Swiping sideways with a finger, as a Svelte attachment. */

import type { Attachment } from "svelte/attachments";
import { noTap } from "./no_tap";

const LEAST = 64;

/** `turn`: called with 1 to go on, -1 to go back, as read in the page's direction. */
export function swipe(turn: (by: 1 | -1) => void): Attachment<HTMLElement> {
  return (element) => {
    let from: { x: number; y: number; id: number } | undefined;
    const down = (event: PointerEvent) => {
      if (event.isPrimary && event.pointerType !== "mouse") from = { x: event.clientX, y: event.clientY, id: event.pointerId };
    };
    const up = (event: PointerEvent) => {
      const start = from;
      from = undefined;
      if (start === undefined || start.id !== event.pointerId) return;
      const wide = event.clientX - start.x;
      if (Math.abs(wide) < LEAST || Math.abs(event.clientY - start.y) > Math.abs(wide) / 2) return;
      noTap(true);
      const back = getComputedStyle(element).direction === "rtl" ? wide < 0 : wide > 0;
      turn(back ? -1 : 1);
    };
    const cancel = () => (from = undefined);
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", cancel);
    return () => {
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", cancel);
    };
  };
}
