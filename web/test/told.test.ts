import { afterEach, expect, it, vi } from "vitest";
import type { Group } from "../src/lib/sealing/group.svelte";
import { hush, Notifications, readAloud } from "../src/panels/notifications/told.svelte";

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
    return { run: "r", revision: ++revision, ids, changed, cut: standing.length > 2, guests: false, speaks: true, quick: [] };
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
  const source = { connect: vi.fn(), start: vi.fn(), stop: () => (stopped(), over?.()), set onended(done: () => void) { over = done; } };
  vi.stubGlobal("AudioContext", class {
    resume = () => Promise.resolve();
    decodeAudioData = () => Promise.resolve({});
    createBufferSource = () => source;
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
