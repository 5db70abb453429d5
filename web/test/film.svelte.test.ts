// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Film, type FilmEvents, type FilmWorld } from "../src/panels/home/film.svelte";
import { apart, told, typed } from "../src/panels/settings/links/camera";

/** A camera that a test lets speak, and a decoder that draws what the test lets it. */
class Scene {
  opened: FilmEvents[] = [];
  closed = 0;
  seen: number[] = [];
  stays = 0;
  touch: () => void = () => undefined;
  looked = true;
  turn: () => void = () => undefined;
  drawn: (number: number) => void = () => undefined;
  failed: () => void = () => undefined;
  spoilt: (number: number) => void = () => undefined;
  readonly world: FilmWorld = {
    open: (_, events) => {
      this.opened.push(events);
      return { seen: (number) => this.seen.push(number), stay: () => this.stays++, close: () => this.closed++ };
    },
    projector: (drawn, failed, spoilt) => {
      this.drawn = drawn;
      this.failed = failed;
      this.spoilt = spoilt;
      return { film: () => undefined, picture: (_, number) => drawn(number), end: () => undefined };
    },
    touched: (called) => ((this.touch = called), () => undefined),
    steady: () => Date.now(),
    looked: () => this.looked,
    watched: (changed) => ((this.turn = changed), () => undefined),
    later: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };

  picture(number: number, at: number): void {
    const data = new DataView(new ArrayBuffer(20));
    data.setUint8(0, 1);
    data.setUint32(1, number);
    data.setFloat64(5, at);
    this.opened.at(-1)!.picture(data.buffer);
  }
}

describe("a film", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is live while pictures come, and stuck when none does", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    const end = film.follow();
    expect(film.state).toBe("opening");
    scene.opened[0]!.film("avc1.42c01f", 1280, 720);
    for (let n = 1; n <= 50; n++) {
      scene.picture(n, 100 + n / 25);
      await vi.advanceTimersByTimeAsync(40);
    }
    expect([film.state, film.at]).toEqual(["live", 102]);
    // The hub hears of it a few times a second.
    expect(scene.seen.length).toBeGreaterThan(7);
    expect(scene.seen.length).toBeLessThan(12);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(film.state).toBe("stuck");
    scene.picture(51, 110);
    expect(film.state).toBe("live");
    end();
    expect(scene.closed).toBe(1);
  });

  it("is asked for again, ever less often, and says why it does not come", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    const end = film.follow();
    for (let n = 0; n < 20; n++) {
      scene.opened.at(-1)!.ended("unreachable", "the camera does not answer");
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(film.wrong?.code).toBe("unreachable");
    expect(scene.opened.length).toBeGreaterThan(3);
    expect(scene.opened.length).toBeLessThan(8);
    await vi.advanceTimersByTimeAsync(8_000);
    scene.picture(1, 1);
    expect([film.state, film.wrong]).toEqual(["live", undefined]);
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(scene.closed).toBe(scene.opened.length);
  });

  it("is given up where there is none, or this browser can't draw it", () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.opened[0]!.ended("not_found", "");
    expect(film.state).toBe("none");
    const other = new Film("yard", scene.world);
    other.follow();
    scene.failed();
    expect(other.state).toBe("none");
  });

  it("begins anew at a picture that breaks the decoder", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.picture(1, 1);
    scene.failed();
    expect(film.state).toBe("stuck");
    await vi.advanceTimersByTimeAsync(1_100);
    expect(scene.opened).toHaveLength(2);
    scene.picture(2, 2);
    expect(film.state).toBe("live");
  });

  it("is closed while nobody looks at the page", () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.picture(1, 1);
    scene.looked = false;
    scene.turn();
    expect([film.state, scene.closed]).toEqual(["stuck", 1]);
    scene.looked = true;
    scene.turn();
    expect(scene.opened).toHaveLength(2);
  });

  it("whose pictures come seldom has its age, and is live only while many come", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    const end = film.follow();
    scene.opened[0]!.film("image/jpeg", 640, 480, true);
    for (let n = 1; n <= 4; n++) {
      scene.picture(n, n);
      expect([film.state, film.at]).toEqual(["still", n]);
      await vi.advanceTimersByTimeAsync(5_000);
      // The hub hears of the last one in any case: it sends no more before.
      expect(scene.seen.at(-1)).toBe(n);
    }
    expect(film.wrong).toBeUndefined();
    for (let n = 5; n <= 9; n++) {
      scene.picture(n, n);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(film.state).toBe("live");
    await vi.advanceTimersByTimeAsync(3_100);
    expect(film.state).toBe("stuck");
    scene.picture(10, 10);
    expect(film.state).toBe("still");
    // Long after, the socket may be dead without knowing.
    await vi.advanceTimersByTimeAsync(61_000);
    expect([film.state, film.wrong, scene.opened.length]).toEqual(["still", undefined, 2]);
    end();
  });

  it("that begins with what its tile shows is not live before it draws, and stuck when nothing comes", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.at = 99;
    film.follow();
    expect(film.state).toBe("opening");
    await vi.advanceTimersByTimeAsync(3_100);
    expect([film.state, film.at]).toEqual(["stuck", 99]);
    scene.picture(1, 102);
    expect([film.state, film.at]).toEqual(["live", 102]);
  });

  it("leaves out pictures that can't be drawn, and begins anew when none can", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.picture(1, 1);
    for (let n = 2; n < 6; n++) scene.spoilt(n);
    await vi.advanceTimersByTimeAsync(300);
    expect([film.state, scene.seen.at(-1)]).toEqual(["live", 5]);
    scene.spoilt(6);
    expect(film.state).toBe("stuck");
    const other = new Film("yard", scene.world);
    other.follow();
    for (let n = 1; n < 6; n++) scene.spoilt(n);
    expect(other.state).toBe("none");
  });

  it("of another hub, whose clock goes ahead, has the age that it has here", () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.opened[0]!.film("avc1.42c01f", 1280, 720, false, 90);
    scene.picture(1, 190);
    expect(film.at).toBe(100);
    scene.opened[0]!.film("avc1.42c01f", 1280, 720, false, -10);
    scene.picture(2, 91);
    expect(film.at).toBe(101);
    scene.touch();
    expect(scene.stays).toBe(0);
  });

  it("over a road that may cost rests when nobody touches the screen, and goes on when somebody wants it", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.opened[0]!.film("avc1.42c01f", 1280, 720, false, 0, 60);
    scene.picture(1, 100);
    await vi.advanceTimersByTimeAsync(10_000);
    for (let n = 0; n < 5; n++) scene.touch();
    expect(scene.stays).toBe(1);
    scene.opened[0]!.ended("resting", "");
    expect(film.state).toBe("resting");
    scene.turn();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([scene.opened.length, film.state, film.wrong]).toEqual([1, "resting", undefined]);
    film.wake();
    expect([scene.opened.length, film.state]).toEqual([2, "stuck"]);
    scene.picture(2, 160);
    expect(film.state).toBe("live");
  });

  it("of a socket that died without a word is opened anew", async () => {
    const scene = new Scene();
    const film = new Film("yard", scene.world);
    film.follow();
    scene.picture(1, 1);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(film.wrong?.code).toBe("offline");
    expect(scene.opened.length).toBeGreaterThan(1);
  });
});

describe("a camera's address", () => {
  it("as others write it loses its user and password", () => {
    expect(apart("rtsp://ada:r%40ght:1@cam.local:554/h264?ch=1")).toEqual({ url: "rtsp://cam.local:554/h264?ch=1", user: "ada", password: "r@ght:1" });
    expect(apart("rtsp://ada:r@ght@cam/x")).toEqual({ url: "rtsp://cam/x", user: "ada", password: "r@ght" });
    expect(apart("rtsp://cam/x@y")).toEqual({ url: "rtsp://cam/x@y" });
  });

  it("and the rest are told the hub as they stand in the form", () => {
    expect(told({ ...typed({ url: "rtsp://cam/x", open: "always" }), area: " Garden " })).toEqual({ url: "rtsp://cam/x", user: null, area: "Garden", open: "always" });
  });
});
