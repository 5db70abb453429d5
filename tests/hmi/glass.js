// Measuring for the rules of the glass (glass.py). One expression: an object of functions.
({
  // Several at once, in their order: pairs of a name and what it is given.
  seen(asked) {
    return Object.fromEntries(asked.map(([what, given]) => [what, this[what](given)]));
  },

  // What is open over the rest of the page: while it is, nothing else can be touched.
  top() {
    const open = [...document.querySelectorAll("dialog:modal, [role=menu], [role=listbox]")];
    return open.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0).at(-1) ?? document;
  },

  targets() {
    const all = this.top().querySelectorAll("button, a[href], input, select, textarea, summary, [role=button], [role=link], [role=switch], [role=radio], [role=checkbox], [role=tab], [role=menuitem], [role=option]");
    // What the gallery shows pressed is a little smaller for as
    // long as a finger is on it.
    return [...all].filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 0 && !e.disabled && !e.closest("[data-show=pressed]"));
  },

  // Targets that do not own a square of `least` pixels: too small, or something else lies over them.
  small(least) {
    // In the hand a word that comes and goes may lie over the page for a moment; on the car's glass it has a place.
    const passing = (hit, e) => least < 80 && hit.closest("[popover]") && !e.closest("[popover]");
    const mine = (e, x, y) => e.contains(document.elementsFromPoint(x, y).find((hit) => !passing(hit, e)) ?? null);
    const square = (e, x, y) => {
      for (let i = 0; i <= 4; i++)
        for (let j = 0; j <= 4; j++)
          // A pixel from its edge: a target may begin between two pixels.
          if (!mine(e, x + 1 + ((least - 2) * i) / 4, y + 1 + ((least - 2) * j) / 4)) return false;
      return true;
    };
    // Who presses the words beside a box ticks it.
    const pressed = (e) => (e.matches("[type=checkbox], [type=radio]") && e.closest("label")) || e;
    const owns = (target) => {
      const e = pressed(target);
      const r = e.getBoundingClientRect();
      for (let y = r.top; y <= r.bottom - least + 0.6; y += 4)
        for (let x = r.left; x <= r.right - least + 0.6; x += 4) if (square(e, x, y)) return true;
      return false;
    };
    const fixed = (e) => e !== null && (getComputedStyle(e).position === "fixed" || fixed(e.parentElement));
    const stood = [...document.querySelectorAll("*")].filter((e) => e.scrollHeight > e.clientHeight).map((e) => [e, e.scrollTop]);
    // Rounded corners count as part of the target.
    const style = document.createElement("style");
    style.textContent = "* { border-radius: 0 !important }";
    document.head.append(style);
    const bad = this.targets().filter((e) => {
      const r = e.getBoundingClientRect();
      // What is fixed on the page stays; the gallery's own glass scrolls with what is fixed in it.
      if (!fixed(e) || e.closest("dialog") || r.bottom < 0 || r.top > innerHeight) e.scrollIntoView({ block: "center", behavior: "instant" });
      return !owns(e);
    });
    const told = bad.map((e) => {
      const r = e.getBoundingClientRect();
      return `${e.tagName} ${e.ariaLabel ?? e.textContent.trim()} ${r.width} x ${r.height} at ${r.x}, ${r.y}`;
    });
    style.remove();
    for (const [e, top] of stood) e.scrollTop = top;
    return told;
  },

  nameless() {
    const pictured = (e) => [...e.querySelectorAll("img[alt], [aria-label]")].some((one) => one.alt || one.ariaLabel);
    const byOther = (e) => (e.getAttribute("aria-labelledby") ?? "").split(" ").some((id) => document.getElementById(id)?.textContent.trim());
    const named = (e) => e.ariaLabel || (e.tagName !== "SELECT" && e.textContent.trim()) || pictured(e) || byOther(e) || [...(e.labels ?? [])].some((l) => l.textContent.trim());
    return this.targets().filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 120));
  },

  // Whether something that is painted lies over an element there, or it is not there at all.
  covered(e, x, y) {
    // A word that passes lets touches through, and so is not among what is found at a place.
    const within = (one) => ((r) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom)(one.getBoundingClientRect());
    if ([...document.querySelectorAll(".toast")].some((one) => !one.contains(e) && within(one))) return true;
    for (const hit of document.elementsFromPoint(x, y)) {
      const mine = hit.closest("button, a");
      if (hit.contains(e) || e.contains(hit) || (mine && mine === e.closest("button, a"))) return false;
      const style = getComputedStyle(hit);
      if (style.backgroundImage !== "none" || !/, 0\)$|transparent/.test(style.backgroundColor) || hit.matches("img, canvas, video")) return true;
    }
    return true;
  },

  // Every visible text: where, how large, in which colour.
  texts() {
    const found = [];
    // Behind an open sheet lies its shade.
    const walker = document.createTreeWalker(this.top(), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const e = node.parentElement;
      const shown = e.checkVisibility({ opacityProperty: true }) && !e.closest(".visually-hidden, :disabled");
      if (!node.data.trim() || !shown) continue;
      // What an ancestor cuts off is not seen.
      const window = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      let filter = "";
      for (let up = e; up; up = up.parentElement) {
        filter += (getComputedStyle(up).filter.match(/(?:saturate|brightness|grayscale)\([^)]*\)/g) ?? []).join(" ");
        if (getComputedStyle(up).overflowY === "visible") continue;
        const r = up.getBoundingClientRect();
        const [x, y] = [r.left + up.clientLeft, r.top + up.clientTop];
        window.left = Math.max(window.left, x);
        window.top = Math.max(window.top, y);
        window.right = Math.min(window.right, x + (up.clientWidth || r.width));
        window.bottom = Math.min(window.bottom, y + (up.clientHeight || r.height));
      }
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) {
        const [x, y] = [Math.max(window.left, r.left), Math.max(window.top, r.top)];
        const [right, bottom] = [Math.min(window.right, r.right), Math.min(window.bottom, r.bottom)];
        if (right - x < 2 || bottom - y < 2) continue;
        // What lies half under something else is seen whole when it is scrolled.
        const [across, down] = [(x + right) / 2, (y + bottom) / 2];
        const spots = [[across, down], [x + 1, down], [right - 1, down], [across, y + 1], [across, bottom - 1]];
        if (spots.some((spot) => this.covered(e, ...spot))) continue;
        const style = getComputedStyle(e);
        const color = e instanceof SVGElement ? style.fill : style.color;
        const size = parseFloat(style.fontSize);
        found.push({ text: node.data.trim().slice(0, 40), x, y, width: right - x, height: bottom - y, color, size, filter });
      }
    }
    return [...found, ...this.written()];
  },

  // What stands in fields: written, or the place holder's.
  written() {
    const fields = [...this.top().querySelectorAll("input, textarea")];
    const shown = fields.filter((e) => !e.disabled && (e.value || e.placeholder) && !/range|checkbox|radio|color|hidden/.test(e.type) && e.checkVisibility({ opacityProperty: true }));
    return shown.flatMap((e) => {
      const r = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      const inner = { x: r.x + parseFloat(style.paddingLeft), y: r.y + parseFloat(style.paddingTop) };
      const [width, height] = [Math.min(60, r.right - inner.x), r.height - 2 * parseFloat(style.paddingTop)];
      if (inner.x < 0 || inner.y < 0 || inner.x + width > innerWidth || inner.y + height > innerHeight || width < 2 || height < 2) return [];
      if (!e.contains(document.elementFromPoint(inner.x + 2, inner.y + height / 2))) return [];
      const { color } = e.value ? style : getComputedStyle(e, "::placeholder");
      return [{ text: (e.value || e.placeholder).slice(0, 40), ...inner, width, height, color, size: parseFloat(style.fontSize) }];
    });
  },

  // Texts with less than 4.5:1 contrast to the picture of the page without its texts.
  async faint([picture, texts]) {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    // What an ancestor makes of its colours it makes of this one.
    const rgb = (color, filter) => {
      dot.filter = filter || "none";
      dot.clearRect(0, 0, 1, 1);
      dot.fillStyle = color;
      dot.fillRect(0, 0, 1, 1);
      return dot.getImageData(0, 0, 1, 1).data;
    };
    const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const light = (r, g, b) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const bad = [];
    for (const t of texts) {
      // Beyond the picture's edge lies nothing, not black.
      const [x, y] = [Math.round(t.x), Math.round(t.y)];
      const size = [Math.min(image.width, Math.round(t.x + t.width)) - x, Math.min(image.height, Math.round(t.y + t.height)) - y];
      const data = pen.getImageData(x, y, ...size.map((one) => Math.max(1, one))).data;
      const ink = light(...rgb(t.color, t.filter));
      const ratios = [];
      for (let i = 0; i < data.length; i += 16) {
        const ground = light(data[i], data[i + 1], data[i + 2]);
        ratios.push((Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05));
      }
      // The darkest fiftieth is left out: an edge that a text's box touches.
      const worst = ratios.sort((a, b) => a - b)[Math.floor(ratios.length * 0.02)];
      if (worst < 4.5) bad.push(`${t.text}: ${worst.toFixed(2)}`);
    }
    return bad;
  },
})
