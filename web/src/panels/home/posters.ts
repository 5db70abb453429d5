/** What is on the glass of a camera already, on its tile: its sheet begins with that, while its own film is on its way. */

import { untrack } from "svelte";

interface Poster {
  canvas: HTMLCanvasElement;
  /** When it was taken, s since 1970 by the hub's clock. */
  at: number;
}

const offered = new Map<string, () => Poster | undefined>();

/** `poster`: what is there of a camera now; undefined: nothing that is of now. Returns the end of it. */
export function offer(camera: string, poster: () => Poster | undefined): () => void {
  offered.set(camera, poster);
  return () => offered.get(camera) === poster && offered.delete(camera);
}

/** Of one moment: whoever asks in an effect is not to begin anew with the tile's next picture. */
export const poster = (camera: string): Poster | undefined => untrack(() => offered.get(camera)?.());
