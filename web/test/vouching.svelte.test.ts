import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { base64url, bytesOf, utf8 } from "../src/lib/sealing/bytes";
import { boxOf, change, forget, NEW, points, type Box } from "../src/lib/sealing/box";
import { vouched, type Signed } from "../src/lib/sealing/device_list";
import { Group } from "../src/lib/sealing/group.svelte";
import { isSigned, OPENS, SIGNS } from "../src/lib/sealing/signing";
import { signsOf } from "../src/lib/sealing/signs";
import { invite, proofOf } from "../src/lib/sealing/vouching";

interface Vectors {
  anchor: string;
  members: Record<string, { sign: JsonWebKey; open: JsonWebKey }>;
  lists: Signed[];
  after: number;
  refused: (Signed & { why: string })[];
  vouch: { before: string };
}

const { vouched: vectors } = JSON.parse(readFileSync("../tests/sealing/vectors.json", "utf8")) as { vouched: Vectors };
const WIN = { isSecureContext: true } as Window & typeof globalThis;

interface Waits {
  id: string;
  kind: "hub" | "screen" | "paper";
  person: string | null;
  sign: string;
  open: string;
  signs: boolean;
  owner: boolean;
  name: string;
  proof: string;
  refused: boolean;
}

/** A hub that says who waits, and keeps what is said to it. */
class Hub {
  lists = vectors.lists.slice(0, vectors.after);
  head = vectors.vouch.before;
  waiting: Waits[] = [];
  vouched: Record<string, string>[] = [];
  said: Record<string, string>[] = [];
  /** Why nothing can be signed for somebody at the moment, by id. */
  trouble: Record<string, string> = {};

  answer(path: string, body: Record<string, unknown>): unknown {
    const [what, query] = path.split("?");
    const status = { state: "in", member: "hub.home", version: this.lists.length, epoch: 2, head: this.head, anchor: vectors.anchor, keeper: "hub.home", forked: 0 };
    if (what === "api/keys/chain") return { lists: this.lists.slice(Number(new URLSearchParams(query).get("version"))), status };
    if (what === "api/keys/waiting") return { head: this.head, waiting: this.waiting };
    const code = what === "api/keys/vouch" && this.trouble[String(body["member"])];
    if (code) return { code, detail: "", status: 403 };
    if (what === "api/keys/vouch") this.vouched.push(body as Record<string, string>);
    if (what === "api/keys/say" || what === "api/keys/paper") this.said.push(body as Record<string, string>);
    return { done: true };
  }
}

let hub: Hub;
beforeEach(async () => {
  await forget();
  hub = new Hub();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const told = hub.answer(path, init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {}) as { code?: string };
    return Promise.resolve(new Response(JSON.stringify(told), { status: told.code ? 403 : 200 }));
  });
});

async function member(id: string): Promise<Group> {
  const pair = async (use: "sign" | "open", how: typeof SIGNS | typeof OPENS, mine: KeyUsage[], theirs: KeyUsage[]): Promise<CryptoKeyPair> => ({
    privateKey: await crypto.subtle.importKey("jwk", vectors.members[id]![use], how, false, mine),
    publicKey: await crypto.subtle.importKey("jwk", { ...vectors.members[id]![use], d: undefined, key_ops: undefined }, how, true, theirs),
  });
  const box: Box = { device: id, sign: await pair("sign", SIGNS, ["sign"], ["verify"]), open: await pair("open", OPENS, ["deriveBits"], []), counter: 0, seen: {} };
  await change(() => box);
  return new Group(id, WIN, () => vectors.anchor);
}

/** Somebody with keys of their own. */
async function stranger(more: Partial<Waits> = {}): Promise<Waits> {
  const raw = async (how: typeof SIGNS | typeof OPENS, use: KeyUsage[]) => {
    const { publicKey } = (await crypto.subtle.generateKey(how, false, use)) as CryptoKeyPair;
    return base64url(await crypto.subtle.exportKey("raw", publicKey));
  };
  return { id: "tablet", kind: "screen", person: "mei", sign: await raw(SIGNS, ["sign"]), open: await raw(OPENS, ["deriveBits"]), signs: false, owner: false, name: "Mei's iPad", proof: "", refused: false, ...more };
}

const whom = ({ kind, sign, open, person, owner, signs }: Waits) => ({ kind, sign, open, person, owner, signs });

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

  it("lets nobody in a second time by what was decided the first time, also where it was not there meanwhile", async () => {
    const owner = await member("owner");
    await owner.settle();
    // It was in and is out again by the newest list: the second owner's screen of the vectors.
    const lists = hub.lists.map((one) => JSON.parse(one.body) as { members: Waits[] });
    const gone = lists[3]!.members.find((one) => one.id === "second")!;
    expect(lists.at(-1)!.members.some((one) => one.id === "second")).toBe(false);
    const known = await stranger({ id: "second", person: gone.person, sign: gone.sign, open: gone.open, owner: true });
    hub.waiting = [known];
    // As it would be after that was decided when the third list was the newest.
    await change((box) => box && { ...box, lets: [{ ...whom(known), until: Date.now() + 1e6, since: 3 }] });
    await owner.settle();
    expect([hub.vouched.length, owner.asking.length]).toEqual([0, 1]);
    expect((await change((box) => box))!.lets).toEqual([]);
    // Whoever looks at it now lets it in anew.
    await owner.letIn(whom(known));
    expect(hub.vouched.length).toBe(1);
  });

  it("one who can't be let in keeps nobody else from it; what could not be said is said when it is asked again", async () => {
    const owner = await member("owner");
    const [one, other] = [await stranger({ id: "a-tablet" }), await stranger({ id: "b-tablet" })];
    hub.waiting = [one, other, await stranger({ id: "c-tablet" })];
    hub.trouble = { "a-tablet": "not_while_driving" };
    await owner.letIn(whom(one));
    await owner.letIn(whom(other));
    expect([hub.vouched.map((said) => said["member"]), owner.owed, owner.asking.map(({ id }) => id)]).toEqual([["b-tablet"], true, ["c-tablet"]]);
    // The list has gone on meanwhile: the hub will say so, nothing is owed.
    hub.trouble = { "a-tablet": "conflict" };
    await owner.settle();
    expect(owner.owed).toBe(false);
    hub.trouble = {};
    await owner.settle();
    expect(hub.vouched.map((said) => said["member"])).toContain("a-tablet");
  });

  it("asks once more where another owner has said no since", async () => {
    const owner = await member("owner");
    await owner.settle();
    const tablet = await stranger();
    hub.trouble = { tablet: "not_while_driving" };
    hub.waiting = [tablet];
    await owner.letIn(whom(tablet));
    hub.trouble = {};
    hub.waiting = [{ ...tablet, refused: true }];
    await owner.settle();
    expect([hub.vouched.length, owner.asking.length]).toEqual([0, 1]);
    // Who saw that and lets it in all the same has decided it.
    await owner.letIn({ ...whom(tablet), despite: true });
    expect([hub.vouched.length, owner.asking.length]).toEqual([1, 0]);
  });

  it("works the same signs out once only", async () => {
    const derive = vi.spyOn(crypto.subtle, "deriveBits");
    const owner = await member("owner");
    hub.waiting = [await stranger()];
    await owner.settle();
    const rounds = () => derive.mock.calls.filter(([how]) => (how as { name: string }).name === "PBKDF2").length;
    expect(rounds()).toBe(1);
    await owner.settle();
    await owner.settle();
    expect([rounds(), owner.asking.length]).toEqual([1, 1]);
    derive.mockRestore();
  });

  it("makes a code on paper that the hub knows the public keys of, and lets it in once it waits", async () => {
    const owner = await member("owner");
    await owner.settle();
    const sent: string[] = [];
    const answer = hub.answer.bind(hub);
    hub.answer = (path, body) => {
      sent.push(path + JSON.stringify(body));
      if (path.startsWith("api/keys/paper")) hub.waiting = [{ id: "paper", kind: "paper", person: null, sign: String(body["sign"]), open: String(body["open"]), signs: true, owner: false, name: "", proof: "", refused: false }];
      return answer(path, body);
    };
    const made = await owner.print();
    expect(hub.said).toEqual([made.told]);
    expect(await isSigned(made.told.sign, bytesOf(made.told.signature, 64)!, utf8(["wayhome keys 1", "paper", made.told.sign, made.told.open].join("\n")))).toBe(true);
    expect(made.signs).toBe(await signsOf(made.told.sign, made.told.open));
    expect(hub.vouched.map((said) => said["member"])).toEqual(["paper"]);
    expect(sent.some((one) => one.includes(made.code) || one.includes(made.code.replaceAll("-", "")))).toBe(false);
    expect((await owner.print()).code).not.toBe(made.code);
  });

  it("shows its own signs also while it is in", async () => {
    const owner = await member("owner");
    await owner.settle();
    const { sign, open } = await points(await boxOf("owner"));
    expect([owner.standing, await owner.signs()]).toEqual(["in", await signsOf(sign, open)]);
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
