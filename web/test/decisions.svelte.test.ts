import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bytesOf, utf8 } from "../src/lib/sealing/bytes";
import { boxOf, change, points } from "../src/lib/sealing/box";
import { printed } from "../src/lib/sealing/paper";
import { isSigned } from "../src/lib/sealing/signing";
import { signsOf } from "../src/lib/sealing/signs";
import { begin, member, stranger, whom, type Hub, type Waits } from "./owners_hub";

let hub: Hub;
beforeEach(async () => {
  hub = await begin();
});

describe("what was decided at an owner's screen", () => {
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
    const made = await printed();
    expect(sent).toEqual([]);
    await owner.keep(made);
    expect(hub.said).toEqual([made.told]);
    expect(await isSigned(made.told.sign, bytesOf(made.told.signature, 64)!, utf8(["wayhome keys 1", "paper", made.told.sign, made.told.open].join("\n")))).toBe(true);
    expect(made.signs).toBe(await signsOf(made.told.sign, made.told.open));
    expect(hub.vouched.map((said) => said["member"])).toEqual(["paper"]);
    expect(sent.some((one) => one.includes(made.code) || one.includes(made.code.replaceAll("-", "")))).toBe(false);
    // Until the hub that keeps the list has taken it the screen says that it does not count.
    expect(owner.counts(made.told.sign)).toBe(false);
    const old = (JSON.parse(hub.lists.at(-1)!.body) as { members: Waits[] }).members.find((one) => one.kind === "paper")!;
    expect(owner.counts(old.sign)).toBe(true);
    expect((await printed()).code).not.toBe(made.code);
  });

  it("lets a code in that is on paper once the hub is there again", async () => {
    const owner = await member("owner");
    await owner.settle();
    const made = await printed();
    const answer = hub.answer.bind(hub);
    // It took the keys, and was gone then.
    hub.answer = (path, body) => (path.startsWith("api/keys/paper") ? answer(path, body) : { code: "unavailable", detail: "" });
    await owner.keep(made);
    expect([hub.said, hub.vouched, owner.owed]).toEqual([[made.told], [], true]);
    hub.answer = answer;
    hub.waiting = [{ id: "paper", kind: "paper", person: null, sign: made.told.sign, open: made.told.open, signs: true, owner: false, name: "", proof: "", refused: false }];
    await owner.settle();
    expect([hub.vouched.map((said) => said["member"]), owner.owed]).toEqual([["paper"], false]);
    // One that the hub did not take is not let in, and that is said.
    const [other, before] = [await printed(), hub.vouched.length];
    hub.answer = (path, body) => (path.startsWith("api/keys/paper") ? { code: "conflict", detail: "" } : answer(path, body));
    await expect(owner.keep(other)).rejects.toThrow();
    await owner.settle();
    expect(hub.vouched.length).toBe(before + 1); // the first one, that waits still
  });

  it("shows its own signs also while it is in", async () => {
    const owner = await member("owner");
    await owner.settle();
    const { sign, open } = await points(await boxOf("owner"));
    expect([owner.standing, await owner.signs()]).toEqual(["in", await signsOf(sign, open)]);
  });
});
