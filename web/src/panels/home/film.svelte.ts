/** A camera's film, as long as somebody looks. It is said to be live only while new pictures are really drawn. Sans browser: the
 *  socket, the decoder and the clock come in. */

import { untrack } from "svelte";
import { ApiError } from "../../lib/api/call";

/** No new picture for so long, in ms: what is shown is not of now. */
const STUCK = 2_500;
const SELDOM = 60_000;
/** Pictures that come seldom are live when so many came within that time. */
const OFTEN = 3;
/** So many pictures in a row that can't be drawn. */
const SPOILT = 5;
const LOOK = 250;
/** What was drawn is told the hub so often, in ms: it sends more to whoever keeps up. */
const TELL = 200;
/** That somebody touches the screen is told so often, in ms. */
const STAY = 5_000;
const AGAIN = [1_000, 2_000, 4_000, 8_000];
/** A byte (1: key picture), number (4 bytes), time (8 bytes). */
const HEAD = 13;

export interface FilmEvents {
  /** `seldom`: its pictures come when they come; that none does is no sign of trouble. `ahead`: by so many s the clock of its
   *  pictures' times is ahead of this hub's. `rests`: it ends when nobody has touched the screen for so many s, as its road may cost. */
  film(codec: string, width: number, height: number, seldom?: boolean, ahead?: number, rests?: number): void;
  picture(data: ArrayBuffer): void;
  /** It has ended, and why; "offline" where nobody said. */
  ended(code: string, detail: string, advice?: string): void;
}

export interface FilmWire {
  seen(number: number): void;
  /** Somebody has touched the screen. */
  stay(): void;
  close(): void;
}

/** Draws what it is given. */
export interface Projector {
  film(codec: string, width: number, height: number): void;
  picture(key: boolean, number: number, data: Uint8Array): void;
  end(): void;
}

export interface FilmWorld {
  open(camera: string, events: FilmEvents): FilmWire;
  /** `drawn`: the picture of this number is on the glass; `failed`: it can't go on; `spoilt`: this picture can't be drawn. */
  projector(drawn: (number: number) => void, failed: () => void, spoilt: (number: number) => void): Projector;
  steady(): number;
  /** Whether anybody can look, and a call when that changes; returns the end of it. */
  looked(): boolean;
  watched(changed: () => void): () => void;
  /** A call when somebody touches the screen; returns the end of it. */
  touched(called: () => void): () => void;
  later(run: () => void, ms: number): () => void;
}

export class Film {
  /** `still`: it is what came last, and more comes when it comes. `resting`: nobody touched the screen, and its road may cost.
   *  `none`: there is none to be had, or this browser can't draw it. */
  state = $state<"opening" | "live" | "still" | "stuck" | "resting" | "none">("opening");
  /** When the picture on the glass was taken, s since 1970 by this hub's clock, whichever hub has told; 0: nobody knows. */
  at = $state<number | undefined>();
  wrong = $state.raw<ApiError | undefined>();
  size = $state.raw<{ width: number; height: number } | undefined>();
  #wire: FilmWire | undefined;
  #projector: Projector | undefined;
  #times = new Map<number, number>();
  #last = 0;
  #told = 0;
  #telling: number | undefined;
  #seldom = false;
  #ahead = 0;
  #rests = 0;
  #stayed = 0;
  #kind = "";
  /** When the last few pictures were drawn. */
  #drew: number[] = [];
  #spoilt = 0;
  #tries = 0;
  #run = 0;
  #cancel: (() => void)[] = [];

  constructor(
    readonly camera: string,
    readonly world: FilmWorld,
  ) {}

  /** Look from now on; returns the end of it. */
  follow(): () => void {
    this.#cancel = [this.world.watched(() => this.state !== "resting" && this.#turn()), this.world.touched(() => this.#touched())];
    untrack(() => this.#turn());
    return () => {
      for (const cancel of this.#cancel) cancel();
      this.#close();
    };
  }

  /** Somebody looks again at one that rests. */
  wake(): void {
    this.state = this.at === undefined ? "opening" : "stuck";
    this.#turn();
  }

  #turn(): void {
    this.#close();
    this.#tries = 0;
    if (this.world.looked()) this.#open();
    else if (this.state === "live") this.state = "stuck";
  }

  #open(): void {
    const run = ++this.#run;
    const current = (act: () => void) => run === this.#run && act();
    this.#last = this.world.steady();
    this.#projector = this.world.projector(
      (number) => current(() => this.#drawn(number)),
      () => current(() => this.#failed()),
      (number) => current(() => {
        this.#tell(number);
        if (++this.#spoilt >= SPOILT) this.#failed();
      }),
    );
    this.#wire = this.world.open(this.camera, {
      film: (codec, width, height, seldom = false, ahead = 0, rests = 0) => current(() => {
        [this.#seldom, this.#ahead, this.#rests] = [seldom, ahead, rests];
        const kind = `${codec} ${width} ${height}`;
        if (this.#kind === kind) return;
        this.#kind = kind;
        this.size = { width, height };
        this.#projector?.film(codec, width, height);
      }),
      picture: (data) => current(() => this.#picture(data)),
      ended: (code, detail, advice) => current(() => this.#ended(new ApiError(0, code, detail, advice))),
    });
    this.#watch(run);
  }

  #close(): void {
    this.#run++;
    this.#wire?.close();
    this.#projector?.end();
    this.#wire = this.#projector = undefined;
    this.#times.clear();
    this.#telling = undefined;
    this.#kind = "";
    this.#drew = [];
    this.#spoilt = 0;
  }

  #picture(data: ArrayBuffer): void {
    if (data.byteLength <= HEAD) return;
    const head = new DataView(data);
    const number = head.getUint32(1);
    const at = head.getFloat64(5);
    this.#times.set(number, at && at - this.#ahead);
    this.#projector?.picture(head.getUint8(0) === 1, number, new Uint8Array(data, HEAD));
  }

  #drawn(number: number): void {
    this.at = this.#times.get(number) ?? this.at;
    // They are drawn in their order: what came before is drawn, or never will be.
    for (const one of this.#times.keys()) {
      this.#times.delete(one);
      if (one === number) break;
    }
    this.#last = this.world.steady();
    this.#tries = this.#spoilt = 0;
    this.#drew = [...this.#drew.slice(1 - OFTEN), this.#last];
    this.state = !this.#seldom || (this.#drew.length === OFTEN && this.#last - this.#drew[0]! < STUCK) ? "live" : "still";
    this.wrong = undefined;
    this.#tell(number);
  }

  /** Of the last one it is told in any case: the hub waits for that before it sends more. */
  #tell(number: number): void {
    const waits = this.#telling !== undefined;
    this.#telling = number;
    if (waits) return;
    const run = this.#run;
    const tell = () => {
      if (run !== this.#run) return;
      this.#wire?.seen(this.#telling!);
      this.#told = this.world.steady();
      this.#telling = undefined;
    };
    const past = this.world.steady() - this.#told;
    if (past >= TELL) tell();
    else this.world.later(tell, TELL - past);
  }

  /** The decoder gave up: at once, then this browser can't; else at a broken picture, then it begins anew. */
  #failed(): void {
    if (this.at === undefined || this.#tries > 2) {
      this.#close();
      this.wrong = undefined;
      this.state = "none";
    } else this.#again();
  }

  #touched(): void {
    const now = this.world.steady();
    if (this.#rests === 0 || now - this.#stayed < STAY) return;
    this.#stayed = now;
    this.#wire?.stay();
  }

  #ended(error: ApiError): void {
    if (error.code === "not_found" || error.code === "resting") {
      this.#close();
      this.wrong = undefined;
      this.state = error.code === "resting" ? "resting" : "none";
      return;
    }
    this.wrong = error;
    this.#again();
  }

  #again(): void {
    this.#close();
    this.state = this.at === undefined ? "opening" : "stuck";
    const run = this.#run;
    const wait = AGAIN[Math.min(this.#tries++, AGAIN.length - 1)]!;
    this.world.later(() => run === this.#run && this.world.looked() && this.#open(), wait);
  }

  /** Nothing new for a while: it is said, and when that lasts, the socket may be dead without knowing. */
  #watch(run: number): void {
    this.world.later(() => {
      if (run !== this.#run) return;
      const past = this.world.steady() - this.#last;
      // What was on the glass before, from elsewhere, is soon not of now either.
      if ((this.state === "live" || (this.state === "opening" && this.at !== undefined)) && past > STUCK) this.state = "stuck";
      if (this.state === "still") {
        // Nothing is wrong as far as anybody knows; a dead socket would look the same.
        if (past > SELDOM) {
          this.#close();
          this.#open();
        } else this.#watch(run);
      } else if (past > STUCK * 8) {
        this.wrong = new ApiError(0, "offline", "");
        this.#again();
      } else this.#watch(run);
    }, LOOK);
  }
}
