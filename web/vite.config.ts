import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { early } from "./early.ts";
import { packed } from "./packed.ts";
import { shell } from "./shell.ts";
import { throwPage } from "./throw_page.ts";

export default defineConfig({
  plugins: [svelte(), early(), shell(), throwPage(), packed()],
  base: "./",
  // Who starts the hub for the first time looks at this: only what is wrong is said.
  logLevel: "warn",
  build: {
    reportCompressedSize: false,
    outDir: "../src/wayhome/_web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // The map comes as one file, and only with the map.
    chunkSizeWarningLimit: 1_500,
    modulePreload: { polyfill: false },
    // What the first picture needs comes as one file: each one of its own costs a slow glass some 10 ms.
    rolldownOptions: {
      checks: { pluginTimings: false },
      // hpke asks for Node's crypto only where there is none of the browser's.
      onLog: (level, log, told) => { if (!/"crypto" has been externalized/.test(log.message)) told(level, log); },
      output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } },
    },
  },
  resolve: { conditions: process.env.VITEST ? ["browser"] : undefined },
  server: { proxy: { "/api": { target: "http://localhost:8300", ws: true } } },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
