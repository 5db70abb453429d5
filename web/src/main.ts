import { mount } from "svelte";
import App from "./App.svelte";
import { load } from "./lib/i18n/words";
import { Prefs } from "./lib/look/prefs.svelte";
import { register, takeOver } from "./lib/look/shell";
import { Way } from "./lib/way.svelte";
import { PANELS } from "./panels";
import "./tokens.css";

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const workers = import.meta.env.PROD && isSecureContext && "serviceWorker" in navigator ? navigator.serviceWorker : undefined;

/** What panels there are and what each shows while driving: so that whoever checks the glass forgets none. */
const panels = PANELS.map(({ name, bar, shows, whole = false }) => ({ name, bar, shows, whole }));

async function start() {
  if (workers && (await takeOver(workers, () => location.reload()))) return;
  Object.assign(window, { wayhome: { panels } });
  const prefs = new Prefs(storage(), navigator.languages);
  const way = new Way(prefs, await load(prefs.language), window);
  mount(App, { target: document.getElementById("app")!, props: { way } });
  if (workers) addEventListener("load", () => void register(workers), { once: true });
  if (workers && document.readyState === "complete") void register(workers);
}

void start();
