import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const PUBLIC = ["theme.js", "icon.svg", "icon-192.png", "manifest.webmanifest"];

/** Writes the service worker, with the list of the files that it keeps and a version made of their contents. */
export function shell(): Plugin {
  return {
    name: "wayhome-shell",
    apply: "build",
    generateBundle(_, bundle) {
      const made = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const source = readFileSync("src/sw.js", "utf8");
      const hash = createHash("sha256").update(source).update(readFileSync("index.html"));
      for (const name of [...made].sort()) hash.update(name);
      for (const name of PUBLIC) hash.update(readFileSync(`public/${name}`));
      const list = { version: hash.digest("hex").slice(0, 12), files: ["./", ...PUBLIC, ...made] };
      this.emitFile({ type: "asset", fileName: "sw.js", source: source.replace("self.__SHELL__", JSON.stringify(list)) });
    },
  };
}
