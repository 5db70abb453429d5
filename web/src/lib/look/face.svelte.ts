/** Which face this screen shows: by its size, unless the person said so. */

import type { FaceWish } from "./prefs.svelte";

export type Face = "car" | "tablet" | "phone" | "watch";

export function faceFor(width: number, height: number, wish: FaceWish = "auto"): Face {
  if (wish !== "auto") return wish;
  if (width <= 460 && height <= 460) return "watch";
  if (width >= 1180 && height >= 600 && width > height * 1.2) return "car";
  return width < 700 || height < 480 ? "phone" : "tablet";
}

export class Size {
  width = $state(0);
  height = $state(0);

  constructor(win: Window) {
    const read = () => {
      this.width = win.innerWidth;
      this.height = win.innerHeight;
    };
    read();
    win.addEventListener("resize", read);
  }
}
