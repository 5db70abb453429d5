/** The files of this screen: what there is for it, and what goes out and comes in. It lives as long as the page does, so
 *  that whoever looks at something else meanwhile stops nothing. */

import * as api from "../../lib/api/files";
import { named } from "../../lib/live/ulid";
import type { Group, Opened } from "../../lib/sealing/group.svelte";
import type { Way } from "../../lib/way.svelte";
import { freshKey, told, type Said } from "./pieces";
import { Saving } from "./saving.svelte";
import { KIND, Sending } from "./sending.svelte";

/** `said`: what its sender sealed of it; `why`: it can't be opened here. */
export interface Shown extends api.ShownFile {
  readonly said?: Said;
  readonly why?: Extract<Opened, { why: unknown }>["why"];
}

export interface To {
  readonly to: readonly string[];
  readonly everybody: boolean;
}

export class Desk {
  files = $state.raw<readonly Shown[] | undefined>();
  screens = $state.raw<readonly api.FileScreen[]>([]);
  sendings = $state.raw<readonly Sending[]>([]);
  savings = $state.raw<readonly Saving[]>([]);
  /** What another app has shared, or was dropped or pasted, until it is sent or not: neither a look at another page nor
   *  driving off loses it. */
  given = $state.raw<readonly File[]>([]);
  text = $state.raw("");
  #opened = new Map<string, Opened>();
  /** Screens whose names were asked for. */
  #asked = new Set<string>();
  #round = 0;
  /** One file after the other: two at once would each take twice as long. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly group: Group,
    readonly person: string,
    readonly win: Window,
    leaves: () => boolean = () => false,
  ) {
    // Whoever closes the page while something goes out is asked, whatever they look at; who signs out was asked before.
    win.addEventListener("beforeunload", (event) => this.busy && !leaves() && event.preventDefault());
  }

  /** Ask for what there is, and open it. Throws ApiError. */
  async load(): Promise<void> {
    const mine = ++this.#round;
    const files: Shown[] = [];
    // What is begun while the list comes does not stand in it.
    const begun = this.sendings.filter((one) => one.begun);
    for (const one of await api.list()) {
      const name = `${one.frame} ${this.group.version} ${this.group.standing}`;
      const opened = this.#opened.get(name) ?? (await this.group.open(KIND, one.id, one.frame));
      this.#opened.set(name, opened);
      const said = "said" in opened ? told(opened.said, one.size) : undefined;
      // What its sender's screen did not write is not believed: whose it is stands in its id, which is sealed with it.
      files.push({ ...one, said, why: "why" in opened ? opened.why : said === undefined ? "unsound" : undefined });
    }
    if (mine !== this.#round) return;
    this.files = files;
    const known = new Set(this.screens.map((one) => one.id));
    const named = new Set(files.flatMap((one) => [one.via || one.by, ...one.to, ...one.got, ...one.handed.map((way) => way.screen)]));
    // A screen that came in while this page was open; one that is signed out has no name any more.
    if ([...named].some((id) => !known.has(id) && !this.#asked.has(id))) await this.look();
    for (const id of named) this.#asked.add(id);
    const there = new Set(files.filter((one) => one.removed === null).map((one) => one.id));
    for (const one of this.sendings) {
      if (one.state === "whole") this.#drop(one);
      // Taken away elsewhere.
      else if (begun.includes(one) && !there.has(one.id)) this.dismiss(one);
    }
    // There may be room now, and the hub is there.
    for (const one of this.sendings) if (one.state === "waits") one.wake();
  }

  async look(): Promise<void> {
    this.screens = await api.screens();
  }

  sending = (id: string): Sending | undefined => this.sendings.find((one) => one.id === id);
  saving = (id: string): Saving | undefined => this.savings.find((one) => one.id === id);

  /** Send files, one after the other. */
  send(files: readonly File[], to: To): void {
    for (const file of files) {
      const id = named(this.person);
      this.#queue(new Sending(this.group, id, file, { text: file.name, type: file.type, size: file.size, key: freshKey() }, to));
    }
  }

  /** Go on with a file that broke off, as its sender has it here. False: it is not that file. */
  goOn(one: Shown, file: File): boolean {
    if (one.said === undefined || file.size !== one.size) return false;
    const before = this.sending(one.id);
    if (before) this.#drop(before);
    const { text, type, size, key } = one.said;
    this.#queue(new Sending(this.group, one.id, file, { text, type, size, key }, undefined));
    return true;
  }

  async save(one: Shown): Promise<Saving | undefined> {
    if (one.said === undefined || (one.state === "whole" && one.said.hash === undefined)) return undefined;
    const now = () => this.load().then(() => this.files?.find(({ id, removed }) => id === one.id && removed === null)?.said);
    const saving = new Saving(one.id, one.said, this.win, now, one.state === "coming" ? (one.have ?? 0) : undefined);
    this.savings = [...this.savings.filter((other) => other.id !== one.id), saving];
    await saving.run();
    return saving;
  }

  /** Take a file away, wherever it is on its way. Throws ApiError. */
  async remove(one: Shown): Promise<void> {
    const sending = this.sending(one.id);
    sending?.stop();
    await api.remove(one.id);
    if (sending) this.#drop(sending);
    await this.load();
  }

  /** Nothing more of it is sent. */
  dismiss(sending: Sending): void {
    sending.stop();
    this.#drop(sending);
  }

  /** Hand a file to a device of one's own that has no page: a phone with KDE Connect. Throws ApiError. */
  async hand(id: string, screen: string): Promise<void> {
    await api.hand(id, screen);
    await this.load();
  }

  async putBack(id: string): Promise<void> {
    await api.putBack(id);
    await this.load();
  }

  get busy(): boolean {
    return this.sendings.some(({ state }) => state === "next" || state === "sends" || state === "waits");
  }

  #queue(sending: Sending): void {
    this.sendings = [...this.sendings, sending];
    this.#turn = this.#turn.then(async () => {
      await sending.run();
      await this.load().catch(() => undefined);
    });
  }

  #drop(sending: Sending): void {
    this.sendings = this.sendings.filter((one) => one !== sending);
  }
}

const desks = new WeakMap<Way, Desk>();

/** The desk of who is signed in on this screen; undefined until this screen has asked for its place in the group. */
export function deskOf(way: Way): Desk | undefined {
  const { group } = way;
  const { person } = way.me;
  if (group === undefined || !person) return undefined;
  const found = desks.get(way);
  if (found?.group === group && found.person === person) return found;
  const made = new Desk(group, person, window, () => way.leaving);
  desks.set(way, made);
  way.sends = () => made.busy;
  return made;
}
