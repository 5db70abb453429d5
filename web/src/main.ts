import { mount } from "svelte";
import App from "./App.svelte";
import { load } from "./lib/i18n/words";
import { Prefs } from "./lib/look/prefs.svelte";
import { register, takeOver } from "./lib/look/shell";
import { Way } from "./lib/way.svelte";
import "./tokens.css";

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const workers = import.meta.env.PROD && isSecureContext && "serviceWorker" in navigator ? navigator.serviceWorker : undefined;

async function start() {
  if (workers && (await takeOver(workers, () => location.reload()))) return;
  const prefs = new Prefs(storage(), navigator.languages);
  const way = new Way(prefs, await load(prefs.language), window);
  mount(App, { target: document.getElementById("app")!, props: { way } });
  if (workers) addEventListener("load", () => void register(workers), { once: true });
  if (workers && document.readyState === "complete") void register(workers);
}

void start();
