import { afterEach, expect, it, vi } from "vitest";
import type { Group } from "../src/lib/sealing/group.svelte";
import type { Listed } from "../src/lib/api/notifications";
import { hush, readAloud } from "../src/panels/notifications/speech";
import { Notifications } from "../src/panels/notifications/told.svelte";

afterEach(() => vi.unstubAllGlobals());

/** A hub with these standing, of which whoever drives gets two. */
function hub(standing: string[]) {
  let revision = 0;
  const asked: number[] = [];
  const sealed = new Set(["shut"]);
  const answer = (since: number) => {
    asked.push(since);
    const ids = standing.slice(0, 2);
    const changed = since === 0 ? ids.map((id) => ({ id, frame: id, at: 0, announced: true, news: true })) : [];
    return { run: "r", since, revision: ++revision, ids, changed, cut: standing.length > 2, guests: false, speaks: true, quick: null };
  };
  vi.stubGlobal("fetch", (at: string | URL | Request) => Promise.resolve(new Response(JSON.stringify(answer(Number(new URL(String(at), "http://hub").searchParams.get("revision")))), { headers: { "content-type": "application/json" } })));
  const group = { open: (_: string, id: string) => Promise.resolve(sealed.has(id) ? { why: "key" } : { text: id, sender: "", said: { app: "Chat", text: id } }) } as unknown as Group;
  return { asked, notifications: new Notifications(group, "anna", () => 1_000, undefined as never) };
}

it("asks for what comes into the place of one that is gone", async () => {
  const standing = ["a", "b", "c"];
  const { asked, notifications } = hub(standing);
  await notifications.load();
  standing.shift();
  await notifications.load();
  expect(notifications.all?.map((one) => one.id)).toEqual(["b", "c"]);
  expect(notifications.came).toEqual([]);
  expect(asked).toEqual([0, 1, 0]);
});

const told = (since: number, revision: number, ...ids: string[]): Listed => ({
  run: "r", since, revision, ids, changed: ids.slice(0, 1).map((id) => ({ id, frame: id, at: 1_000, announced: true, news: true })), cut: false, guests: false, speaks: true, quick: null,
});

it("takes what is told along with the news, and asks only where that does not go on from what it knows", async () => {
  const { asked, notifications } = hub(["a"]);
  notifications.tell(told(0, 1, "a"));
  expect(notifications.all).toBeUndefined();
  await notifications.load();
  expect(notifications.knows(["r", 1])).toBe(true);
  notifications.tell(told(1, 2, "b", "a"));
  // The news are known at once, and not only when all is opened.
  expect(notifications.knows(["r", 2])).toBe(true);
  await vi.waitFor(() => expect(notifications.all?.map((one) => one.id)).toEqual(["b", "a"]));
  expect(notifications.came.map((one) => one.id)).toEqual(["b"]);
  expect(asked).toEqual([0]);
  notifications.tell(told(3, 4, "c", "b", "a"));
  expect(notifications.knows(["r", 4])).toBe(false);
  notifications.tell({ ...told(2, 3, "c"), run: "another" });
  expect(notifications.knows(["another", 3])).toBe(false);
  expect(notifications.all?.map((one) => one.id)).toEqual(["b", "a"]);
});

it("says an answer once more with the same key until it is known that a phone has it", async () => {
  const said: { key: string; frame: string }[] = [];
  const { notifications } = hub([]);
  let near = false;
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    said.push(JSON.parse(String(init.body)) as { key: string; frame: string });
    return Promise.resolve(new Response(JSON.stringify(near ? { phone: "Pixel" } : { code: "unreachable", detail: "" }), { status: near ? 200 : 503 }));
  });
  Object.assign(notifications.group, { seal: (_: string, key: string, { text }: { text: string }) => Promise.resolve(`${key} ${text}`) });
  await expect(notifications.reply("a", "yes")).rejects.toThrow();
  await expect(notifications.reply("a", "no")).rejects.toThrow();
  await expect(notifications.reply("a", "no")).rejects.toThrow();
  near = true;
  expect(await notifications.reply("a", "no")).toBe("Pixel");
  expect(await notifications.reply("a", "no")).toBe("Pixel");
  const keys = said.map((one) => one.key);
  expect(keys[1]).toBe(keys[2]);
  expect(keys[2]).toBe(keys[3]);
  expect(new Set(keys).size).toBe(3);
  expect(said.every((one) => one.frame.startsWith(one.key) && !("text" in one))).toBe(true);
  expect(notifications.answered.get("a")).toEqual({ text: "no", phone: "Pixel" });
});

it("does not ask on and on for what it can't open", async () => {
  const standing = ["a", "b", "shut"];
  const { asked, notifications } = hub(standing);
  await notifications.load();
  standing.shift();
  await notifications.load();
  await notifications.load();
  expect(notifications.shut).toBe(1);
  expect(asked).toEqual([0, 1, 0, 3]);
});

it("hushes its own reading alone", async () => {
  const stopped = vi.fn();
  let over: (() => void) | undefined;
  const source = { connect: (to: unknown) => to, start: vi.fn(), stop: () => (stopped(), over?.()), set onended(done: () => void) { over = done; } };
  vi.stubGlobal("AudioContext", class {
    resume = () => Promise.resolve();
    decodeAudioData = () => Promise.resolve({});
    createBufferSource = () => source;
    createGain = () => ({ gain: { value: 1 }, connect: (to: unknown) => to });
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("x")));
  const [mine, other] = [Symbol(), Symbol()];
  const read = readAloud("a", mine);
  await vi.waitFor(() => expect(source.start).toHaveBeenCalled());
  hush(other);
  expect(stopped).not.toHaveBeenCalled();
  hush(mine);
  expect(stopped).toHaveBeenCalledOnce();
  await read;
});
