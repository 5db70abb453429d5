/** The group as this screen knows it: whether it belongs to it, and sealing and opening what is private. */

import * as api from "../api/keys";
import { ApiError } from "../api/call";
import { at } from "../live/at";
import { base64url, bytesOf, utf8, type Bytes } from "./bytes";
import { boxOf, change, points, type Box } from "./box";
import { begun, grown, judge, keyOf, letting, type Chain } from "./chain";
import { member, type DeviceList, type Member, type Signed } from "./device_list";
import { content, seal, sent, type Why } from "./frame";
import type { Printed } from "./paper";
import { signed } from "./signing";
import { signsOf } from "./signs";
import type { Standing } from "./standing";
import { decide, invite, proofOf, round, type Asking, type Whom } from "./vouching";

const PURPOSE = "wayhome keys 1";
const PORTION = 50;
/** So many digits of a list's hash stand in a link. */
const HEAD = 32;

/** What became of a sealed text; `said`: all that is in it. `replayed`: this screen has seen a newer one in the same place. */
export type Opened = { text: string; sender: string; said: object } | { why: Why | "replayed" };

export class Group {
  standing = $state.raw<Standing>("looking");
  /** What its own screen shows of its keys while it waits for an owner's screen. */
  shown = $state.raw<string | undefined>();
  /** Who waits for this screen, an owner's, to let them in. */
  asking = $state.raw<readonly Asking[]>([]);
  /** Whether it was decided here to let somebody in, and could not be said to the hub yet. */
  owed = $state(false);
  #box: Box | undefined;
  #chain = $state.raw<Chain | undefined>();
  #keys = new Map<string, Bytes | undefined>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly device: string,
    readonly win: Window & typeof globalThis,
    /** What an invitation's link has told: whose lists count, its secret, and which list there was then, with dots between. */
    readonly told: () => string | undefined = () => undefined,
  ) {}

  get version(): number {
    return this.#chain?.lists.length ?? 0;
  }

  /** Whether it is still coming in by itself: nobody has to let it in. */
  get coming(): boolean {
    return this.standing === "looking" || (this.standing === "waiting" && !this.bound);
  }

  /** Whether this is an owner's screen, which lets others in. */
  get owner(): boolean {
    const newest = this.#chain?.lists.at(-1);
    return this.standing === "in" && newest !== undefined && member(newest, this.device)?.owner === true;
  }

  /** Whether this is the only owner's screen, and there is no code on paper: without it nobody could be let in. */
  get last(): boolean {
    const ways = this.owner ? this.#chain!.lists.at(-1)!.members.filter((one) => one.owner || one.kind === "paper") : [];
    return ways.length === 1;
  }

  /** Whether a code on paper with this key belongs to the group. */
  counts(sign: string): boolean {
    return this.#chain?.lists.at(-1)?.members.some((one) => one.kind === "paper" && one.sign === sign) === true;
  }

  /** Whether who comes in needs an owner's screen. */
  get bound(): boolean {
    return this.#chain !== undefined && letting(this.#chain.lists) !== "all";
  }

  /** The signs of this screen's own keys, as others are shown them; undefined: it has none. */
  async signs(): Promise<string | undefined> {
    const mine = this.#box && (await points(this.#box));
    return mine && signsOf(mine.sign, mine.open);
  }

  /** A code is on paper: the hub is told its public keys, and this screen lets it in, now or once it can. Throws ApiError where
   *  the hub did not take it. */
  async keep({ told }: Pick<Printed, "told">): Promise<void> {
    await api.paper(told);
    await this.letIn({ kind: "paper", sign: told.sign, open: told.open, person: null, owner: false, signs: true }).catch(() => (this.owed = true));
  }

  /** Somebody here has compared their keys: they are let in, now or when they come. */
  async letIn(whom: Whom): Promise<void> {
    await decide(whom);
    await this.settle();
  }

  /** Learn how the group stands, and say this screen's keys where it does not belong to it yet; `anew`: also where others
   *  have taken their place, as somebody has just signed in for that. One at a time. Throws ApiError where the hub can't be
   *  asked. */
  settle(anew = false): Promise<void> {
    const mine = this.#turn.then(() => this.#settle(anew));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #settle(anew: boolean): Promise<void> {
    if (!this.win.isSecureContext) return void (this.standing = "unsafe");
    this.#box = await boxOf(this.device).catch(() => undefined);
    if (this.#box === undefined) return void (this.standing = "unkept");
    const trouble = await this.#follow();
    const newest = this.#chain?.lists.at(-1);
    if (trouble || newest === undefined) return void (this.standing = trouble ?? "none");
    const mine = await points(this.#box);
    const here = (list: DeviceList) => member(list, this.device);
    const isMine = (one: Member | undefined) => one?.sign === mine.sign && one.open === mine.open;
    if (isMine(here(newest)) && (await this.key(newest.epoch)) !== undefined) {
      this.standing = "in";
      const { asking, owed } = this.owner ? await round(this.device, this.#chain!).catch(() => ({ asking: [], owed: true })) : { asking: [], owed: false };
      this.asking = asking;
      this.owed = owed;
      return;
    }
    this.asking = [];
    this.owed = false;
    this.shown = this.bound ? await signsOf(mine.sign, mine.open) : undefined;
    // Nobody but who is at this screen says its keys: others in their place are somebody else's.
    const before = this.#chain!.lists.some((list) => isMine(here(list)));
    if (before && here(newest) !== undefined && !isMine(here(newest)) && !anew) return void (this.standing = "replaced");
    this.standing = await this.#say(mine);
  }

  /** Take the lists that follow; what is wrong with those that the hub shows. */
  async #follow(): Promise<Standing | undefined> {
    let chain = this.#box!.chain;
    let status: api.GroupStatus;
    for (;;) {
      const told = await api.chain(chain?.lists.length ?? 0);
      ({ status } = told);
      // An invitation's link has said whose lists count; who came in otherwise believes the hub that it came in at.
      chain ??= begun(this.#link().anchor || status.anchor);
      if (status.anchor !== "" && status.anchor !== chain.anchor) return this.#keep(chain, "stranger");
      const before = chain.lists.length;
      const why = await this.#take(told.lists, chain);
      chain = why.chain;
      if (why.why !== undefined) return this.#keep(chain, why.why === "stranger" || why.why === "unvouched" ? why.why : "forked");
      if (chain.lists.length === before || told.lists.length < PORTION) break;
    }
    if (status.version < chain.lists.length) {
      // The hub was put back from a backup: it gets back what it has lost.
      const given = await api.give(chain.signed.slice(status.version, status.version + PORTION));
      ({ status } = await api.chain(chain.lists.length));
      if (given.refused !== null || status.version < chain.lists.length) return this.#keep(chain, given.refused === null ? "old" : "forked");
    }
    // A history without the list that the link names is another one, or an older one: it is not kept.
    const told = this.#box!.chain === undefined ? this.#link().head : "";
    if (told !== "" && !chain.hashes.some((one) => one.startsWith(told))) return "old";
    const head = status.version === chain.lists.length ? chain.hashes.at(-1) : undefined;
    return this.#keep(chain, head !== undefined && head !== status.head ? "forked" : undefined);
  }

  async #take(lists: readonly Signed[], chain: Chain): Promise<{ chain: Chain; why?: string }> {
    for (const one of lists) {
      const why = await judge(chain, one);
      if (why === undefined) chain = await grown(chain, one);
      else if (why !== "known") return { chain, why };
    }
    return { chain };
  }

  async #keep(chain: Chain, trouble: Standing | undefined): Promise<Standing | undefined> {
    if (chain.anchor === "") return trouble;
    this.#keys.clear();
    // Another page of this browser may know more by now: nobody goes back. Or it has signed out, and nothing is kept.
    this.#box = await change((box) => (box === undefined || (box.chain?.lists.length ?? -1) >= chain.lists.length ? box : { ...box, chain }));
    this.#chain = this.#box?.chain;
    return trouble;
  }

  #link(): { anchor: string; secret: string; head: string } {
    const [anchor = "", secret = "", head = ""] = (this.told() ?? "").split(".");
    return { anchor, secret, head };
  }

  /** What a link of this screen says besides whose lists count: a secret, and the newest list that it knows. */
  async invite(person: string | null, owner: boolean): Promise<string> {
    return `${await invite(person, owner)}.${this.#chain?.hashes.at(-1)?.slice(0, HEAD) ?? ""}`;
  }

  async #say({ sign, open }: { sign: string; open: string }): Promise<Standing> {
    if (at.door !== "") return "elsewhere";
    const proof = (await proofOf(this.#link().secret, this.device, sign, open)) ?? "";
    const signature = await signed(this.#box!.sign.privateKey, utf8([PURPOSE, this.device, sign, open].join("\n")));
    try {
      await api.say(sign, open, base64url(signature), proof);
      return "waiting";
    } catch (error) {
      if (error instanceof ApiError && error.code === "fresh_sign_in_needed") return "fresh";
      throw error;
    }
  }

  /** The group's key of an epoch; undefined: this screen does not have it. */
  async key(epoch: number): Promise<Bytes | undefined> {
    const box = this.#box;
    if (box?.chain === undefined) return undefined;
    const name = `${box.chain.hashes.length} ${epoch}`;
    if (!this.#keys.has(name)) this.#keys.set(name, await keyOf(box.chain, epoch, this.device, box.open));
    return this.#keys.get(name);
  }

  /** Seal what is said in a record. Throws RangeError for what is too long, Error where this screen does not belong to the
   *  group. */
  async seal(kind: string, record: string, said: object): Promise<string> {
    const epoch = this.#chain?.lists.at(-1)?.epoch ?? 0;
    const key = await this.key(epoch);
    if (this.standing !== "in" || key === undefined) throw new Error("not in the group");
    // Never the same twice, also where what was kept is lost: then time has gone on.
    const box = await change((kept) => kept && { ...kept, counter: Math.max(kept.counter + 1, Date.now()) });
    if (box === undefined) throw new Error("signed out");
    const header = { kind, record, sender: this.device, epoch, counter: box.counter };
    return base64url(await seal(header, utf8(JSON.stringify(said)), key, box.sign.privateKey));
  }

  /** Open what stands in a record. `fleeting`: it stands nowhere for long, and is not remembered; `glance`: it is judged by what was seen, and opened once more at once. */
  async open(kind: string, record: string, frame: string, how: "kept" | "fleeting" | "glance" = "kept"): Promise<Opened> {
    const raw = bytesOf(frame);
    const chain = this.#chain;
    if (raw === undefined) return { why: "unsound" };
    if (chain === undefined) return { why: "no_key" };
    const header = await sent(raw, kind, record, chain);
    if (typeof header === "string") return { why: header };
    const clear = await content(raw, await this.key(header.epoch));
    if (typeof clear === "string") return { why: clear };
    const before = how === "fleeting" ? header.counter : (this.#box?.seen[record] ?? 0);
    if (header.counter < before) return { why: "replayed" };
    if (how === "kept" && header.counter > before) this.#box = await change((box) => box && { ...box, seen: { ...box.seen, [record]: header.counter } });
    try {
      const said = JSON.parse(new TextDecoder().decode(clear)) as { text?: unknown };
      return typeof said.text === "string" ? { text: said.text, sender: header.sender, said } : { why: "unsound" };
    } catch {
      return { why: "unsound" };
    }
  }

  /** Of these records only it is remembered what was seen in them: others are gone. */
  async prune(records: ReadonlySet<string>): Promise<void> {
    const gone = Object.keys(this.#box?.seen ?? {}).filter((id) => !records.has(id));
    if (gone.length < PORTION) return;
    this.#box = await change((box) => box && { ...box, seen: Object.fromEntries(Object.entries(box.seen).filter(([id]) => records.has(id))) });
  }
}
