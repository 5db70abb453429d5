/** A camera's settings as they are typed, and as the hub takes them. */

import { read } from "../../../lib/api/call";
import type { CameraSettings } from "../../../lib/api/links";
import { choose } from "../../../lib/api/recordings";

export interface Typed {
  url: string;
  user: string;
  area: string;
  always: boolean;
}

export const typed = (known: Partial<CameraSettings>): Typed => ({ url: known.url ?? "", user: known.user ?? "", area: known.area ?? "", always: known.open === "always" });

/** The settings for what stands in the form. */
export function told(is: Typed): CameraSettings {
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  return { url: is.url.trim(), user: text(is.user), area: text(is.area), open: is.always ? "always" : "needed" };
}

/** Addresses come with user and password in them, as manuals and other programs write them: taken out, to be kept apart. */
export function apart(url: string): { url: string; user?: string; password?: string } {
  const parts = /^\s*([a-z]+:\/\/)([^/@]*(?:@[^/@]*)*)@([^/@]*)(.*)$/i.exec(url);
  if (parts === null) return { url };
  const [, scheme = "", login = "", host = "", rest = ""] = parts;
  const [user = "", ...words] = login.split(":");
  return { url: `${scheme}${host}${rest}`, user: plain(user), password: plain(words.join(":")) };
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Have the camera of a link that was just added be recorded: its thing is there in a moment. */
export async function record(link: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const { things } = await read<{ things: Record<string, { link: string }> }>("home/things");
    const id = Object.keys(things).find((one) => things[one]!.link === link);
    if (id !== undefined) return void (await choose(id, { on: true }));
    await new Promise((done) => setTimeout(done, 500));
  }
}
