import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const FILES = ["throw.html", "throw.js", "throw_seal.js"];

/** Lays the page of a guest's phone beside the cockpit, as it is written: it shares nothing with the cockpit, and is small. */
export function throwPage(): Plugin {
  return {
    name: "wayhome-throw",
    apply: "build",
    generateBundle() {
      for (const name of FILES) this.emitFile({ type: "asset", fileName: name, source: readFileSync(`src/throw/${name}`, "utf8") });
    },
  };
}
