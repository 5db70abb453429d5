/** What is spoken on this screen: something that is read aloud, and over it what a driver has to hear. */

type Role = "read" | "told";

interface Heard {
  readonly source: AudioBufferSourceNode;
  readonly volume: GainNode;
}

let context: AudioContext | undefined;
const heard: Record<Role, Heard | undefined> = { read: undefined, told: undefined };
/** How loud what is read stays while a driver is told something. */
const BEHIND = 0.15;
/** So long a browser may take to let this page be heard, in ms. */
const MOMENT = 400;

/** Let this page be heard: within a tap, or the browser keeps it silent. */
export function wake(): AudioContext {
  context ??= new AudioContext();
  void context.resume();
  return context;
}

/** Whether it may be heard now. */
export async function awake(): Promise<boolean> {
  const sound = wake();
  if (sound.state !== "running") await Promise.race([sound.resume(), new Promise((done) => setTimeout(done, MOMENT))]);
  return sound.state === "running";
}

/** Play a file of sound; what was heard in the same role before stops. Resolves when it is over. `still`: asked once it is
 *  ready, as it may no longer be wanted by then. */
export async function play(role: Role, file: ArrayBuffer, still: () => boolean): Promise<void> {
  const sound = wake();
  const buffer = await sound.decodeAudioData(file);
  if (!still()) return;
  stop(role);
  const [source, volume] = [sound.createBufferSource(), sound.createGain()];
  source.buffer = buffer;
  source.connect(volume).connect(sound.destination);
  const mine = (heard[role] = { source, volume });
  level();
  await new Promise<void>((done) => {
    source.onended = () => done();
    source.start();
  });
  if (heard[role] === mine) heard[role] = undefined;
  level();
}

export function stop(role: Role): void {
  heard[role]?.source.stop();
}

function level() {
  if (heard.read) heard.read.volume.gain.value = heard.told ? BEHIND : 1;
}
