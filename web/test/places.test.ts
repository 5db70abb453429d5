/** What is offered to be sent to the car is what the hub takes: the list is the one that its own test reads. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leads } from "../src/panels/clipboard/leads";

const common = JSON.parse(readFileSync("../tests/features/destinations/offered.json", "utf8")) as { offered: { text: string }[]; refused: string[] };

describe("what goes to the car", () => {
  it.each(common.offered.map(({ text }) => text))("%s is offered", (text) => expect(leads(text)).toHaveProperty("place", true));
  it.each(common.refused.map((text) => [text.slice(0, 80), text]))("%s is not", (_, text) => expect(leads(text)).not.toHaveProperty("place"));
  it("is not longer than the hub takes", () => {
    const link = "https://maps.app.goo.gl/AbC ";
    expect(leads(link.padEnd(4_000, "x"))).toHaveProperty("place");
    expect(leads(link.padEnd(4_001, "x"))).not.toHaveProperty("place");
  });
});
