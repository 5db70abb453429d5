// The rules of the glass that a look at the page shows. One expression: an object of functions, each of which returns
// what breaks its rule.
({
  // Several at once, in their order: pairs of a name and what it is given.
  seen(asked) {
    return Object.fromEntries(asked.map(([what, given]) => [what, this[what](given)]));
  },

  shown(e) {
    const r = e.getBoundingClientRect();
    return e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && r.width > 0 && r.height > 0 && !e.closest(".visually-hidden");
  },
  top() {
    const open = [...document.querySelectorAll("dialog:modal, [role=menu], [role=listbox]")];
    return open.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0).at(-1) ?? document;
  },
  all(selector) {
    return [...this.top().querySelectorAll(selector)].filter((e) => this.shown(e));
  },
  name(e) {
    return (e.ariaLabel ?? e.textContent).trim().replace(/\s+/g, " ").slice(0, 60);
  },
  // Every text that is shown, with the element that it stands in.
  texts() {
    const found = [];
    const walker = document.createTreeWalker(this.top(), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && this.shown(node.parentElement)) found.push([node, node.parentElement]);
    }
    return found;
  },
  boxes(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
  },
  // Whether something that is painted lies over an element there, or it is not there at all.
  covered(e, x, y) {
    // A word that passes lets touches through, and so is not among what is found at a place.
    const within = (one) => ((r) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom)(one.getBoundingClientRect());
    if ([...document.querySelectorAll(".toast")].some((one) => !one.contains(e) && within(one))) return true;
    for (const hit of document.elementsFromPoint(x, y)) {
      if (e.contains(hit)) return false;
      const style = getComputedStyle(hit);
      if (!hit.contains(e) && (style.backgroundImage !== "none" || !/, 0\)$|transparent/.test(style.backgroundColor) || hit.matches("img, canvas, video"))) return true;
    }
    return getComputedStyle(e).pointerEvents !== "none";
  },
  scrolls(e) {
    return /auto|scroll/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1;
  },
  // What would be said in its place: its letters, without the household's own names.
  own(text, names) {
    let left = text;
    for (const name of names) left = left.replaceAll(name, " ");
    return left;
  },

  // Keys, places and values that a person should never read.
  leaks() {
    const bad = /^[a-z]+(\.[a-z_]+)+$|\{\w+\}|\bundefined\b|\bNaN\b|\[object|\bnull\b/;
    const found = this.texts().map(([node]) => node.data.trim()).filter((text) => bad.test(text));
    for (const e of this.all("[aria-label]")) if (bad.test(e.ariaLabel)) found.push(e.ariaLabel);
    return found;
  },

  // Chinese pages speak Chinese: none of the cockpit's English messages, no name of a control that is none of the
  // household's names and has no Chinese in it, no sentence in Latin letters.
  foreign([english, names]) {
    const known = new Set(english);
    const chinese = /[\u3400-\u9fff]/;
    // Names of parts, in the gallery, are names of files.
    const meant = (e) => !e.closest("[lang]:not(html), code") && e.translate !== false;
    const spoken = [...this.texts().filter(([, e]) => meant(e)).map(([node]) => node.data), ...this.all("[aria-label], [title], [placeholder]").filter(meant).flatMap((e) => [e.ariaLabel, e.title, e.placeholder]).filter(Boolean)];
    const sentence = (text) => (this.own(text, names).match(/[a-z]{2,}/g) ?? []).length > 3;
    const bad = spoken.map((text) => text.trim()).filter((text) => !names.includes(text)).filter((text) => known.has(text) || (!chinese.test(text) && sentence(text)));
    const leads = this.all("nav a").filter(meant).map((e) => this.name(e)).filter((text) => /[a-z]{2}/i.test(text) && !chinese.test(text) && this.own(text, names).trim() !== "");
    return [...new Set([...bad, ...leads])];
  },

  // A text item takes at most 120 characters, a tile's name 20 (or is cut where the eye sees that it is).
  long(most) {
    const cut = (e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
    const texts = this.all("*").filter((e) => !(e instanceof SVGElement) && [...e.childNodes].some((one) => one.nodeType === 3 && one.data.trim()) && !e.closest("select") && [...e.textContent.trim()].length > most && !cut(e));
    const tiles = this.all(".tile .name").filter((e) => [...e.textContent.trim()].length > 20 && !cut(e) && getComputedStyle(e).textOverflow !== "ellipsis");
    return [...texts, ...tiles].map((e) => this.name(e));
  },

  // A view that is not to scroll holds nothing that does.
  rolls() {
    return this.all("main, main *").filter((e) => this.scrolls(e)).map((e) => `${e.tagName} ${e.className}: ${e.scrollHeight - e.clientHeight} px more`);
  },

  // A text ends where its box ends, or with a sign that there is more of it.
  cut() {
    const found = [];
    for (const [node, e] of this.texts()) {
      let signed = false;
      for (let up = e; up && up !== document.documentElement; up = up.parentElement) {
        const style = getComputedStyle(up);
        signed ||= style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
        if (style.overflowX === "visible" && style.overflowY === "visible") continue;
        if (signed) break;
        const box = up.getBoundingClientRect();
        const out = this.boxes(node).find(
          (r) =>
            (!/auto|scroll/.test(style.overflowX) && (r.left < box.left - 2 || r.right > box.right + 2)) ||
            (!/auto|scroll/.test(style.overflowY) && (r.top < box.top - 3 || r.bottom > box.bottom + 3)),
        );
        if (out) found.push(node.data.trim().slice(0, 40));
        // What scrolls shows the rest when it is asked to.
        if (out || /auto|scroll/.test(style.overflowY)) break;
      }
    }
    return found;
  },

  // No text lies over another one.
  laid() {
    const boxes = this.texts().flatMap(([node, e]) =>
      this.boxes(node).map((r) => ({ text: node.data.trim().slice(0, 30), e, x: r.left, y: r.top, right: r.right, bottom: r.bottom })),
    );
    const clear = (a, b) => {
      const [x, y] = [(Math.max(a.x, b.x) + Math.min(a.right, b.right)) / 2, (Math.max(a.y, b.y) + Math.min(a.bottom, b.bottom)) / 2];
      return !this.covered(a.e, x, y) && !this.covered(b.e, x, y);
    };
    const found = [];
    for (let i = 0; i < boxes.length; i++)
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i], boxes[j]];
        const across = Math.min(a.right, b.right) - Math.max(a.x, b.x);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.y, b.y);
        // A line's box is higher than its letters: close lines touch without lying over each other.
        const least = Math.min(a.bottom - a.y, b.bottom - b.y);
        if (across > 3 && down > least * 0.4 && !a.e.contains(b.e) && !b.e.contains(a.e) && clear(a, b)) found.push(`${a.text} / ${b.text}`);
      }
    return found;
  },

  // What the round glass of a watch cuts off.
  round() {
    const at = innerWidth / 2;
    const out = (x, y) => (x - at) ** 2 + (y - innerHeight / 2) ** 2 > at ** 2;
    return this.texts().filter(([node]) => this.boxes(node).some((r) => out(r.left, r.top) || out(r.right, r.top) || out(r.left, r.bottom) || out(r.right, r.bottom))).map(([node]) => node.data.trim());
  },

  // The bar's places are one tap from the home view; `wanted`: the panels that this face's bar has.
  bar(wanted) {
    const there = new Set([...document.querySelectorAll("nav a[href^='#/']")].filter((e) => this.shown(e)).map((e) => e.getAttribute("href").slice(2)));
    return wanted.filter((name) => !there.has(name)).map((name) => `${name || "home"} is not in the bar`);
  },

  tiles(most) {
    const found = this.all(".tile").length;
    return found > most ? [`${found} tiles`] : [];
  },

  lists(most) {
    const lists = this.all("ul, ol, [role=list], tbody").map((e) => [e, [...e.children].filter((one) => this.shown(one)).length]);
    return lists.filter(([, count]) => count > most).map(([e, count]) => `${count} in ${e.ariaLabel ?? e.className}`);
  },

  typing() {
    const fields = "input:not([type=range], [type=checkbox], [type=radio], [type=hidden], :disabled), textarea:not(:disabled), [contenteditable]:not([contenteditable=false]), [role=textbox], [role=searchbox], video, iframe, audio, embed, object";
    return this.all(fields).map((e) => e.outerHTML.slice(0, 90));
  },

  // In the gallery they stand as specimens, which alert nobody.
  alerts() {
    const found = this.all("[role=alert], [role=alertdialog], .toast").filter((e) => !e.closest("main.gallery") && !e.parentElement.closest("[role=alert], [role=alertdialog], .toast"));
    return found.length > 1 ? found.map((e) => this.name(e)) : [];
  },

  // Motion explains and is short. What says "under way" goes on as long as it is under way, and holding takes its time.
  motion(most) {
    const ms = (text) => Math.max(...text.split(",").map((one) => (one.trim().endsWith("ms") ? parseFloat(one) : parseFloat(one) * 1000)));
    const found = [];
    for (const e of this.all("body *")) {
      const style = getComputedStyle(e);
      if (ms(style.transitionDuration) > most && !e.closest(".holding")) found.push(`${e.className} moves for ${style.transitionDuration}`);
      const lasting = style.animationIterationCount === "infinite";
      if (style.animationName !== "none" && (lasting ? most < 1 : ms(style.animationDuration) > most)) found.push(`${e.className} ${style.animationName} ${style.animationDuration}`);
    }
    return found;
  },

  // What is good, doubtful or bad says so by a sign or a word, not by its colour.
  colours() {
    const tones = ["--ok", "--warn", "--stop"].map((name) => this.painted(name));
    const told = (e) => e.closest("svg, button, [aria-label]") ?? e;
    const says = (e) => e.querySelector("svg, img") || e.textContent.trim() !== "" || e.ariaLabel;
    const coloured = (e) => tones.includes(getComputedStyle(e).backgroundColor) || /\b(ok|warn|stop|alarm)\b/.test(e.getAttribute("class") ?? "");
    return this.all("main *, dialog *, .toast *").filter((e) => !(e instanceof SVGElement) && coloured(e) && !says(e) && !says(told(e)) && !says(e.parentElement)).map((e) => e.outerHTML.slice(0, 90));
  },
  painted(variable) {
    const probe = document.createElement("i");
    probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  },

  // Driving controls are shown, never operated from the glass.
  driving() {
    const never = /\b(indicators?|turn signals?|hazards?|wipers?|horn|sos)\b|转向灯|双闪|危险报警|雨刮|喇叭/i;
    return this.all("button, a[href], [role=switch], [role=radio], input").filter((e) => never.test(this.name(e))).map((e) => this.name(e));
  },

  // Opening a house or a car takes a press that is held.
  risky() {
    const opens = /\bunlock\b|解锁|开锁/i;
    const held = /press and hold|长按|按住/i;
    return this.all("button, [role=switch]").filter((e) => opens.test(this.name(e)) && !held.test(this.name(e)) && !e.disabled).map((e) => this.name(e));
  },

  // What is old or does not answer is never lit as if it were now, and says its age or that it does not answer.
  // `gone`: the name of a thing that is known not to answer, if it stands on this page.
  fresh(gone) {
    const lit = this.painted("--home");
    const look = this.all(".tile").filter((e) => e.matches(".old, .gone") || (gone && e.textContent.includes(gone)));
    return look.filter((e) => getComputedStyle(e).backgroundColor === lit || !/\d|now|刚|现在/.test(this.own(e.textContent, [gone].filter(Boolean)))).map((e) => this.name(e));
  },

  // A wish is beside the fact, not in its place. `asked`: the name of a thing of which something is known to be asked.
  wishes(asked) {
    const alone = this.all(".tile .wish").filter((e) => !e.parentElement.querySelector(".fact")?.textContent.trim());
    const silent = this.all(".tile").filter((e) => asked && e.querySelector(".main") && e.textContent.includes(asked) && !e.querySelector(".wish, .wishing, [aria-busy=true]"));
    return [...alone, ...silent].map((e) => this.name(e));
  },

  // Targets that the keyboard cannot reach. In a group of radios or tabs, arrows reach the others.
  unreachable() {
    const group = (e) => e.closest("[role=radiogroup], [role=tablist], [role=menu]")?.querySelector("[tabindex='0']");
    return this.all("button, a[href], input, select").filter((e) => !e.disabled && e.tabIndex < 0 && !group(e) && e.getAttribute("aria-hidden") !== "true" && !e.closest("[data-combobox-root], .box")).map((e) => this.name(e));
  },

  // Whether the element that has the focus shows it.
  focus() {
    const e = document.activeElement;
    if (e === null || e === document.body) return [];
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return [];
    }
    // What is drawn is drawn otherwise; the small calendar in a field of dates is the browser's own and shows itself.
    const style = getComputedStyle(e);
    if (e instanceof SVGElement && parseFloat(style.strokeWidth) >= 3 && style.stroke === this.painted("--road")) return [];
    if (/^(date|time|month|week)/.test(e.type ?? "") && !e.matches(":focus-visible")) return [];
    return [`${e.tagName} ${this.name(e)}`];
  },

  // Rooms that scrolled by themselves since the page was opened or last looked at (counted by SCROLLS in rules.py), or
  // stand scrolled.
  scrolled() {
    const stand = [document.scrollingElement, ...document.querySelectorAll("main *")].filter((e) => e.scrollTop > 0 || e.scrollLeft > 0);
    return [...(window.stoodScrolled ? [] : stand).map((e) => `${e.tagName} ${e.className}`), ...(window.scrolledByItself ?? [])];
  },
})
