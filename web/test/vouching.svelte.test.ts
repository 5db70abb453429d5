import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { base64url, bytesOf, utf8 } from "../src/lib/sealing/bytes";
import { boxOf, forget, NEW, points } from "../src/lib/sealing/box";
import { vouched } from "../src/lib/sealing/device_list";
import { Group } from "../src/lib/sealing/group.svelte";
import { isSigned, SIGNS } from "../src/lib/sealing/signing";
import { signsOf } from "../src/lib/sealing/signs";
import { invite, proofOf } from "../src/lib/sealing/vouching";
import { begin, member, stranger, vectors, whom, WIN, type Hub, type Waits } from "./owners_hub";

let hub: Hub;
beforeEach(async () => {
  hub = await begin();
});

describe("an owner's screen lets others in", () => {
  it("asks who is there, and signs for keys that were compared here: for no others, and for no more than was said", async () => {
    const owner = await member("owner");
    const tablet = await stranger();
    hub.waiting = [tablet];
    await owner.settle();
    expect([owner.standing, owner.owner, owner.bound]).toEqual(["in", true, true]);
    expect(owner.asking).toEqual([{ ...tablet, shown: await signsOf(tablet.sign, tablet.open), inside: false }]);
    expect(hub.vouched).toEqual([]);
    await owner.letIn(whom(tablet));
    const [said] = hub.vouched;
    expect([said!["member"], said!["by"], said!["before"]]).toEqual(["tablet", "owner", hub.head]);
    const sign = vectors.members["owner"]!.sign;
    const point = await crypto.subtle.exportKey("raw", await crypto.subtle.importKey("jwk", { ...sign, d: undefined, key_ops: undefined }, SIGNS, true, ["verify"]));
    const mine = base64url(point);
    expect(await isSigned(mine, bytesOf(said!["signature"], 64)!, utf8(vouched(tablet, hub.head)))).toBe(true);
    hub.vouched = [];
    const other = await stranger();
    for (const one of [{ ...tablet, owner: true }, { ...tablet, person: "tom" }, { ...tablet, open: other.open }, { ...tablet, kind: "hub" as const }]) {
      hub.waiting = [one];
      await owner.settle();
      expect(hub.vouched).toEqual([]);
      expect(owner.asking).toHaveLength(1);
    }
    // That somebody may sign lists nobody is asked: but for a code on paper.
    hub.waiting = [{ ...tablet, signs: true }, { ...other, id: "hub.van", kind: "hub", person: null, signs: true }];
    await owner.settle();
    expect([hub.vouched, owner.asking]).toEqual([[], []]);
  });

  it("says that somebody is in already only of both keys, in their place: of another one the signs are to be compared", async () => {
    const owner = await member("owner");
    await owner.settle();
    const phone = hub.lists.map((one) => JSON.parse(one.body) as { members: Waits[] }).at(-1)!.members.find((one) => one.id === "phone")!;
    const inside = await stranger({ id: "phone", person: phone.person, sign: phone.sign, open: phone.open, owner: true });
    const { open } = await stranger();
    for (const [one, is] of [[inside, true], [{ ...inside, open }, false], [{ ...inside, id: "ghost" }, false], [{ ...inside, person: "tom" }, false]] as const) {
      hub.waiting = [one];
      await owner.settle();
      expect(owner.asking.map((asked) => asked.inside)).toEqual([is]);
    }
  });

  it("signs for who comes by its link, once and with the keys that came first", async () => {
    const owner = await member("owner");
    await owner.settle();
    const secret = await invite("mei", false);
    const tablet = await stranger();
    const proof = (await proofOf(secret, "tablet", tablet.sign, tablet.open))!;
    hub.waiting = [{ ...tablet, proof: (await proofOf(secret, "other", tablet.sign, tablet.open))! }];
    await owner.settle();
    hub.waiting = [{ ...tablet, proof, owner: true }];
    await owner.settle();
    expect(hub.vouched).toEqual([]);
    hub.waiting = [{ ...tablet, proof }];
    await owner.settle();
    expect([hub.vouched.length, owner.asking.length]).toEqual([1, 0]);
    const late = await stranger({ id: "late" });
    hub.waiting = [{ ...late, proof: (await proofOf(secret, "late", late.sign, late.open))! }];
    await owner.settle();
    expect([hub.vouched.length, owner.asking.length]).toEqual([1, 1]);
  });

  it("is no member's, and no screen's for its own place or for another list", async () => {
    const phone = await member("phone");
    hub.waiting = [await stranger()];
    await phone.letIn(whom(hub.waiting[0]!));
    expect([phone.standing, phone.owner, phone.asking, hub.vouched]).toEqual(["in", false, [], []]);
    await forget();
    const owner = await member("owner");
    hub.waiting = [await stranger({ id: "owner" })];
    await owner.letIn(whom(hub.waiting[0]!));
    expect([owner.asking, hub.vouched]).toEqual([[], []]);
    hub.waiting = [await stranger()];
    await owner.settle();
    expect(owner.asking).toHaveLength(1);
    const answer = hub.answer.bind(hub);
    hub.answer = (path, body) => (path.startsWith("api/keys/waiting") ? { head: "f".repeat(64), waiting: hub.waiting } : answer(path, body));
    await owner.letIn(whom(hub.waiting[0]!));
    expect([owner.asking, hub.vouched]).toEqual([[], []]);
  });

  it("says so where the hub shows a list with somebody in it whom no owner let in", async () => {
    const owner = await member("owner");
    await owner.settle();
    hub.lists = [...hub.lists, vectors.refused.filter((one) => one.why === "unvouched")[1]!];
    await owner.settle();
    expect([owner.standing, owner.version]).toEqual(["unvouched", vectors.after]);
    await expect(owner.seal("clip", "mei:1", { text: "x" })).rejects.toThrow("group");
  });

  it("a new device has its keys before its name, shows their signs, and proves by its link that they are its own", async () => {
    const before = await points(await boxOf(NEW));
    expect(await points(await boxOf(NEW))).toEqual(before);
    const secret = "A".repeat(43);
    const tablet = new Group("tablet", WIN, () => `${vectors.anchor}.${secret}`);
    await tablet.settle();
    expect([tablet.standing, tablet.bound, tablet.shown]).toEqual(["waiting", true, await signsOf(before.sign, before.open)]);
    expect(hub.said[0]).toMatchObject({ ...before, proof: await proofOf(secret, "tablet", before.sign, before.open) });
    expect(await points(await boxOf("tablet"))).toEqual(before);
  });

  it("takes no history without the list that its link names, and keeps none", async () => {
    const owner = await member("owner");
    await owner.settle();
    const said = await owner.invite("mei", false);
    expect(said.split(".")[1]).toBe(hub.head.slice(0, 32));
    await forget();
    const tablet = new Group("tablet", WIN, () => `${vectors.anchor}.${said}`);
    const { lists } = hub;
    hub.lists = lists.slice(0, -1);
    await tablet.settle();
    expect([tablet.standing, tablet.version, hub.said.length]).toEqual(["old", 0, 0]);
    hub.lists = lists;
    await tablet.settle();
    expect([tablet.standing, tablet.version]).toEqual(["waiting", vectors.after]);
  });
});
