import { mount } from "svelte";
import App from "./App.svelte";
import { load } from "./lib/i18n/words";
import { Prefs } from "./lib/look/prefs.svelte";
import { Way } from "./lib/way.svelte";
import "./tokens.css";

function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

const prefs = new Prefs(storage(), navigator.languages);
const way = new Way(prefs, await load(prefs.language), window);
mount(App, { target: document.getElementById("app")!, props: { way } });

if (import.meta.env.PROD && isSecureContext && "serviceWorker" in navigator) {
  void navigator.serviceWorker.register("sw.js").catch(() => undefined);
}
