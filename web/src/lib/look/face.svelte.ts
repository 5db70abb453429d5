/** Which face this screen shows: by its size, unless the person said so. */

import type { FaceWish } from "./prefs.svelte";

export type Face = "car" | "tablet" | "phone" | "watch";

export function faceFor(width: number, height: number, wish: FaceWish = "auto"): Face {
  if (wish !== "auto") return wish;
  if (width <= 460 && height <= 460) return "watch";
  if (width >= 1180 && height >= 600 && width > height * 1.2) return "car";
  return width < 700 || height < 480 ? "phone" : "tablet";
}

/** Windows pass through sizes that nobody looks at: turned round, split, brought back. Only one that stays counts. */
const CALM = 150;
/** A keyboard takes its time to go. */
const KEYBOARD = 600;
const TYPED = "input, textarea, [contenteditable]";

/** The window's size, in CSS pixels. A new face would end what somebody is at, so a size counts when it has stayed, and
    a keyboard that comes up over a field is none. */
export class Size {
  width = $state(0);
  height = $state(0);

  constructor(win: Window) {
    let calm: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      const keyboard = win.innerWidth === this.width && win.document.activeElement?.matches(TYPED);
      if (keyboard) return;
      this.width = win.innerWidth;
      this.height = win.innerHeight;
    };
    read();
    const later = (wait: number) => () => {
      clearTimeout(calm);
      calm = setTimeout(read, wait);
    };
    win.addEventListener("resize", later(CALM));
    // When the writing is over, what the keyboard left counts again.
    win.document.addEventListener("focusout", later(KEYBOARD));
  }
}
