/** The household's own scenes on this screen: which there are for who looks here, running one, undoing it. */

import type { Ran } from "../api/scenes";
import type { components } from "../api/schema";
import { mainTrait, type Info } from "./house";
import { Kept } from "../look/kept.svelte";
import { cut } from "./sheet";
import type { Value } from "../live/frames";
import type { Way } from "../way.svelte";

export type Scene = Required<components["schemas"]["Scene"]>;

/** How long a tap is worth it while the hub is away, in s. */
const WORTH = 20;

export class Scenes {
  readonly #all = new Kept(() => this.#found());
  readonly #linked = new Kept(() => this.way.house.areas().flatMap((area) => area.things).filter((id) => this.#isScene(id)));
  #running = $state.raw<ReadonlyMap<string, number>>(new Map());

  constructor(readonly way: Way) {}

  /** Those of which who looks here may do anything, by name. */
  get all(): readonly Scene[] {
    return this.#all.value;
  }

  /** The things that are scenes: those of the home's links. */
  get linked(): readonly string[] {
    return this.#linked.value;
  }

  of(id: string): Scene | undefined {
    return this.all.find((scene) => scene.id === id);
  }

  /** Until when a run of it is asked for (s since 1970 by the hub's clock); undefined: none is. */
  asked(id: string): number | undefined {
    return this.#running.get(id);
  }

  /** Whether who drives presses and holds for it. */
  held(scene: Scene): boolean {
    return scene.holds && this.way.limits.hold;
  }

  async run(scene: Scene, held = false): Promise<void> {
    await this.#do(scene, async () => {
      const ran = (await this.way.live.ask("scenes.run", { scene: scene.id, ...(held ? { held } : {}) }, WORTH)) as unknown as Ran;
      const back = typeof ran.undo_until === "number" ? { label: this.way.words.t("scene.undo"), run: () => void this.undo(scene, ran.run, held) } : undefined;
      await this.#tell(scene, ran, back);
    });
  }

  async undo(scene: Scene, run: string, held = false): Promise<void> {
    await this.#do(scene, async () => {
      const data: Value = { scene: scene.id, run, ...(held ? { held } : {}) };
      await this.#tell(scene, (await this.way.live.ask("scenes.undo", data, WORTH)) as unknown as Ran);
    });
  }

  async #tell(scene: Scene, ran: Ran, back?: { label: string; run: () => void }): Promise<void> {
    const { words, limits, toasts } = this.way;
    const [{ sum }] = await Promise.all([import("./scene_words"), words.more()]);
    const said = sum(limits.setup ? scene.name : cut(scene.name, 20), ran.outcomes, words, back === undefined);
    toasts.add(said.tone, cut(said.title, limits.text), said.detail && cut(said.detail, limits.text), back, undefined, back !== undefined);
  }

  async #do(scene: Scene, run: () => Promise<void>): Promise<void> {
    if (this.#running.has(scene.id)) return; // a second tap means the first one
    this.#running = new Map([...this.#running, [scene.id, this.way.live.serverNow() + WORTH]]);
    try {
      await run();
    } catch (error) {
      this.way.fail(error, scene.name);
    } finally {
      this.#running = new Map([...this.#running].filter(([id]) => id !== scene.id));
    }
  }

  #found(): Scene[] {
    const { store } = this.way.live;
    const found: Scene[] = [];
    for (const [path, { value }] of store.records("scene")) {
      if (typeof value !== "object" || value === null || Array.isArray(value) || typeof value["name"] !== "string") continue;
      const traits = Array.isArray(value["traits"]) ? value["traits"].map(String) : [];
      const scene = { id: path.slice("@scene/".length), name: value["name"], icon: String(value["icon"] ?? "scene"), things: Number(value["things"] ?? 0), traits, holds: value["holds"] === true };
      if (this.#offers(scene)) found.push(scene);
    }
    return found.sort((one, other) => BY_NAME.compare(one.name, other.name) || BY_NAME.compare(one.id, other.id));
  }

  #isScene(id: string): boolean {
    // Told by `areas` when one is described anew: reading each by itself would cost as many readers.
    const info = this.way.live.store.peek(`${id}/thing.info`)?.value as unknown as Info | undefined;
    return info !== undefined && mainTrait(info) === "scene";
  }

  /** Nothing is offered of which everything would be refused. */
  #offers(scene: Scene): boolean {
    return this.way.adult || scene.traits.some((trait) => this.way.rights.may(`any/${trait}.any`));
  }
}

const BY_NAME = new Intl.Collator(undefined, { numeric: true });
