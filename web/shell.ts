import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const PUBLIC = ["theme.js", "icon-192.png", "badge-96.png", "manifest.webmanifest"];
/** The worker's parts, joined into one file. */
const WORKER = ["sw.js", "sw-push.js", "sw-files.js"];

/** Writes the service worker, with the list of the files that it keeps and a version made of their contents. */
export function shell(): Plugin {
  return {
    name: "wayhome-shell",
    apply: "build",
    generateBundle(_, bundle) {
      const made = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const source = WORKER.map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");
      const hash = createHash("sha256").update(source).update(readFileSync("index.html"));
      for (const name of [...made].sort()) hash.update(name);
      for (const name of PUBLIC) hash.update(readFileSync(`public/${name}`));
      const list = { version: hash.digest("hex").slice(0, 12), files: ["./", ...PUBLIC, ...made] };
      this.emitFile({ type: "asset", fileName: "sw.js", source: source.replace("self.__SHELL__", JSON.stringify(list)) });
    },
  };
}
