/** Where in the app we are: the part of the address after `#/`. */
export class Route {
  path = $state("");

  constructor(readonly win: Window) {
    const read = () => {
      // The link of a device that wants in, scanned by somebody who is signed in.
      const pair = /^#pair=([\w-]+)/.exec(win.location.hash);
      if (pair) win.location.hash = `/settings/devices/${pair[1]}`;
      this.path = win.location.hash.replace(/^#\/?/, "").split("?")[0] ?? "";
    };
    read();
    win.addEventListener("hashchange", read);
  }

  /** The first word: `settings` of `settings/links`. */
  get head(): string {
    return this.path.split("/")[0] ?? "";
  }

  get rest(): string {
    return this.path.split("/").slice(1).join("/");
  }

  go(path: string): void {
    this.win.location.hash = `/${path}`;
  }
}
