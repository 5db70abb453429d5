/** What somebody who helps needs to know of a hub: no names of people, no addresses, no secrets are in it. */

import type { About, Finding } from "../../../lib/api/upkeep";

export function report(about: About, findings: readonly Finding[], browser: string): string {
  const counts = `things ${about.things}, paths ${about.paths}, signals ${about.signals}, sessions ${about.sessions}, screens ${about.screens}, dropped ${about.dropped}`;
  // A link is called as the household likes, and its words may hold an address: only whether it is well is told.
  const lines = findings.map(({ name, ok, text }, at) => `${ok ? "ok " : "NOT"} ${name.startsWith("link ") ? `link ${at + 1}` : `${name}: ${text}`}`);
  return [`Wayhome ${about.version}${about.demo ? " (demo)" : ""}`, counts, `features: ${about.features.join(" ")}`, `browser: ${browser}`, ...lines, ""].join("\n");
}
