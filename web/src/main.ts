import { mount } from "svelte";
import App from "./App.svelte";
import { renewWhenBlocked } from "./lib/doors";
import { Here, somebodyWas } from "./lib/here.svelte";
import { load } from "./lib/i18n/words";
import { browserPace, browserShelf } from "./lib/live/kept/browser";
import { Live } from "./lib/live/live";
import { Prefs } from "./lib/look/prefs.svelte";
import { takeOver } from "./lib/look/shell";
import { Update } from "./lib/look/update.svelte";
import { Way } from "./lib/way.svelte";
import { PANELS } from "./panels";
import "./tokens.css";

/** A browser's box, where it gives one. */
function box(which: () => Storage): Storage | undefined {
  try {
    return which();
  } catch {
    return undefined;
  }
}

const workers = import.meta.env.PROD && isSecureContext && "serviceWorker" in navigator ? navigator.serviceWorker : undefined;

/** What panels there are and what each shows while driving: so that whoever checks the glass forgets none. */
const panels = PANELS.map(({ name, bar, needs, shows, whole = false }) => ({ name, bar: needs ? [] : bar, shows, whole }));

async function start() {
  const prefs = new Prefs(box(() => localStorage), navigator.languages);
  const live = new Live(undefined, { shelf: browserShelf(window), pace: browserPace(window), box: () => box(() => sessionStorage) });
  // What takes its time elsewhere is begun all at once. The hub is asked for what is new since what was kept.
  if (prefs.kept.keep) void live.keeper?.recall();
  if (somebodyWas(window)) {
    if (prefs.kept.keep) live.hold();
    live.start();
  }
  const words = load(prefs.language);
  const reload = () => location.reload();
  if (workers && (await takeOver(workers, reload))) return;
  Object.assign(window, { wayhome: { panels } });
  const way = new Way(prefs, await words, window, live);
  way.here = new Here(way, window);
  const update = (way.update = new Update(workers, reload));
  // A part that the hub does not have any more is of an older version than the hub's.
  addEventListener("vite:preloadError", () => live.line === "live" && update.missing());
  renewWhenBlocked(window, () => way.limits.state !== "moving");
  mount(App, { target: document.getElementById("app")!, props: { way } });
}

void start();
