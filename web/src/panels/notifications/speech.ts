/** Notifications as sound: one at a time. */

import { aloud } from "../../lib/api/notifications";

let sound: AudioContext | undefined;
let now: AudioBufferSourceNode | undefined;
/** Which one is read, or will be as soon as it is there. */
let reading: symbol | undefined;

/** Let a notification be heard on this screen; what was being read stops. `mark`: by which it is hushed. Resolves when it
 *  was read, or is no longer to be. Throws ApiError. */
export async function readAloud(id: string, mark: symbol): Promise<void> {
  reading = mark;
  // Made within the tap, or the browser keeps it silent.
  sound ??= new AudioContext();
  void sound.resume();
  now?.stop();
  const buffer = await sound.decodeAudioData(await aloud(id));
  if (reading !== mark) return;
  const source = (now = sound.createBufferSource());
  source.buffer = buffer;
  source.connect(sound.destination);
  await new Promise<void>((done) => {
    source.onended = () => done();
    source.start();
  });
  if (now === source) now = reading = undefined;
}

/** Stop reading this one. */
export function hush(mark: symbol): void {
  if (reading !== mark) return;
  reading = undefined;
  now?.stop();
}
