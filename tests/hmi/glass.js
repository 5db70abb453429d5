// Measuring for the rules of the glass (glass.py). One expression: an object of functions.
({
  targets() {
    const all = document.querySelectorAll("button, a[href], input, select, [role=switch], [role=radio]");
    // While a sheet is open, nothing but it can be touched.
    const sheet = document.querySelector("dialog:modal");
    return [...all].filter((e) => (sheet === null || sheet.contains(e)) && e.checkVisibility() && e.getBoundingClientRect().width > 0 && !e.disabled);
  },

  // Targets that do not own a square of `least` pixels: too small, or something else lies over them.
  small(least) {
    const mine = (e, x, y) => e.contains(document.elementFromPoint(x, y));
    const square = (e, x, y) => {
      for (let i = 0; i <= 4; i++)
        for (let j = 0; j <= 4; j++)
          if (!mine(e, x + 0.5 + ((least - 1) * i) / 4, y + 0.5 + ((least - 1) * j) / 4)) return false;
      return true;
    };
    const owns = (e) => {
      const r = e.getBoundingClientRect();
      for (let y = r.top; y <= r.bottom - least + 0.6; y += 4)
        for (let x = r.left; x <= r.right - least + 0.6; x += 4) if (square(e, x, y)) return true;
      return false;
    };
    const fixed = (e) => e !== null && (getComputedStyle(e).position === "fixed" || fixed(e.parentElement));
    // Rounded corners count as part of the target.
    const style = document.createElement("style");
    style.textContent = "* { border-radius: 0 !important }";
    document.head.append(style);
    const bad = this.targets().filter((e) => {
      if (!fixed(e)) e.scrollIntoView({ block: "center", behavior: "instant" });
      return !owns(e);
    });
    const told = bad.map((e) => {
      const r = e.getBoundingClientRect();
      return `${e.tagName} ${e.ariaLabel ?? e.textContent.trim()} ${r.width} x ${r.height} at ${r.x}, ${r.y}`;
    });
    style.remove();
    scrollTo(0, 0);
    return told;
  },

  nameless() {
    const named = (e) => e.ariaLabel || e.textContent.trim() || [...(e.labels ?? [])].some((l) => l.textContent.trim());
    return this.targets().filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 120));
  },

  // Every visible text: where, how large, in which colour.
  texts() {
    const found = [];
    // Behind an open sheet lies its shade.
    const walker = document.createTreeWalker(document.querySelector("dialog:modal") ?? document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const e = node.parentElement;
      const shown = e.checkVisibility({ opacityProperty: true }) && !e.closest(".visually-hidden, :disabled");
      if (!node.data.trim() || !shown) continue;
      // What an ancestor cuts off is not seen.
      const window = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
      for (let up = e; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowY === "visible") continue;
        const r = up.getBoundingClientRect();
        window.left = Math.max(window.left, r.left);
        window.top = Math.max(window.top, r.top);
        window.right = Math.min(window.right, r.right);
        window.bottom = Math.min(window.bottom, r.bottom);
      }
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) {
        const [x, y] = [Math.max(window.left, r.left), Math.max(window.top, r.top)];
        const [right, bottom] = [Math.min(window.right, r.right), Math.min(window.bottom, r.bottom)];
        if (right - x < 2 || bottom - y < 2) continue;
        const hit = document.elementFromPoint((x + right) / 2, (y + bottom) / 2);
        const own = hit && (hit.contains(e) || e.contains(hit) || hit.closest("button, a") === e.closest("button, a"));
        if (!own) continue;
        const style = getComputedStyle(e);
        const color = e instanceof SVGElement ? style.fill : style.color;
        const size = parseFloat(style.fontSize);
        found.push({ text: node.data.trim().slice(0, 40), x, y, width: right - x, height: bottom - y, color, size });
      }
    }
    return found;
  },

  // Texts with less than 4.5:1 contrast to the picture of the page without its texts.
  async faint([picture, texts]) {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgb = (color) => {
      dot.clearRect(0, 0, 1, 1);
      dot.fillStyle = color;
      dot.fillRect(0, 0, 1, 1);
      return dot.getImageData(0, 0, 1, 1).data;
    };
    const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const light = (r, g, b) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const bad = [];
    for (const t of texts) {
      const size = [Math.max(1, Math.round(t.width)), Math.max(1, Math.round(t.height))];
      const data = pen.getImageData(Math.round(t.x), Math.round(t.y), ...size).data;
      const ink = light(...rgb(t.color));
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
