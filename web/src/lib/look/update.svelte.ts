/** A newer version of the page: fetched beside the running one, taken over only when that interrupts nobody. */

/** The hub is not asked more often than this, in ms, whatever happens. */
const SELDOM = 20_000;
const PATIENCE = 4_000;
/** So long what is fetched for the next start waits for a quiet moment, in ms. */
const IDLE = 1_000;

export class Update {
  /** A newer version lies here, whole. */
  ready = $state(false);
  #asked = -Infinity;
  #begun = false;
  #registration: ServiceWorkerRegistration | undefined;

  /** `workers`: undefined where the browser keeps no shell; then loading anew is all there is. */
  constructor(
    readonly workers: ServiceWorkerContainer | undefined,
    readonly reload: () => void,
  ) {}

  /** To be called when the page stands: once nothing else is to be done, the worker fetches what the next start needs.
   *  A missing or broken one costs only the start without the hub, so it is no fault to tell anybody. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if ("requestIdleCallback" in window) requestIdleCallback(() => void this.#register(), { timeout: IDLE });
    else setTimeout(() => void this.#register(), IDLE);
  }

  async #register(): Promise<void> {
    const registration = await this.workers?.register("sw.js").catch(() => undefined);
    if (!registration) return;
    this.#registration = registration;
    this.#asked = performance.now();
    const look = () => {
      if (registration.waiting && this.workers?.controller) this.ready = true;
    };
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
    look();
  }

  /** Whether there is a newer version; `ready` says so once it lies here. */
  async look(): Promise<void> {
    if (performance.now() - this.#asked < SELDOM) return;
    this.#asked = performance.now();
    await this.#registration?.update().catch(() => undefined);
  }

  /** The hub is another one than the page was made for. Where no worker fetches the new page, it must be loaded anew. */
  other(): void {
    if (this.workers === undefined) this.ready = true;
    else {
      this.#asked = -Infinity;
      void this.look();
    }
  }

  /** A part of this page is not to be had any more: only a newer page has it. */
  missing(): void {
    this.ready = true;
  }

  /** The newer version takes over: the page loads anew. */
  async take(): Promise<void> {
    const waiting = this.#registration?.waiting;
    if (waiting && this.workers) {
      const changed = new Promise((resolve) => this.workers!.addEventListener("controllerchange", resolve, { once: true }));
      waiting.postMessage("take over");
      await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    }
    this.reload();
  }
}
