// The rules of the glass that a look at the page shows. One expression: an object of functions, each of which returns
// what breaks its rule.
({
  shown(e) {
    const r = e.getBoundingClientRect();
    return e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && r.width > 0 && r.height > 0 && !e.closest(".visually-hidden");
  },
  all(selector) {
    return [...(document.querySelector("dialog:modal") ?? document).querySelectorAll(selector)].filter((e) => this.shown(e));
  },
  name(e) {
    return (e.ariaLabel ?? e.textContent).trim().replace(/\s+/g, " ").slice(0, 60);
  },

  // Keys, places and values that a person should never read.
  leaks() {
    const bad = /^[a-z]+(\.[a-z_]+)+$|\{\w+\}|\bundefined\b|\bNaN\b|\[object|\bnull\b/;
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (bad.test(walker.currentNode.data.trim()) && this.shown(walker.currentNode.parentElement)) found.push(walker.currentNode.data.trim());
    for (const e of this.all("[aria-label]")) if (bad.test(e.ariaLabel)) found.push(e.ariaLabel);
    return found;
  },

  // Chinese pages speak Chinese: what leads to other pages, and headings that are not names of the household.
  foreign() {
    return this.all("nav a").map((e) => this.name(e)).filter((text) => text && !/[\u3400-\u9fff]/.test(text));
  },

  // A text item takes at most 120 characters, a tile's name 20 (or is cut where the eye sees that it is).
  long(most) {
    const cut = (e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
    const texts = this.all("p, li, h1, h2, h3, td, dd, .words, .detail").filter((e) => !e.querySelector("p, li, button, a") && [...e.textContent.trim()].length > most && !cut(e));
    const tiles = this.all(".tile .name").filter((e) => [...e.textContent.trim()].length > 20 && !cut(e) && getComputedStyle(e).textOverflow !== "ellipsis");
    return [...texts, ...tiles].map((e) => this.name(e));
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
    return this.all("input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable=true], video, iframe, audio").map((e) => e.outerHTML.slice(0, 90));
  },

  alerts() {
    const found = this.all("[role=alert], [role=alertdialog], .toast").filter((e) => !e.parentElement.closest("[role=alert], [role=alertdialog], .toast"));
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
    return this.all(".ok, .warn, .stop, .alarm").filter((e) => !e.querySelector("svg") && e.textContent.trim() === "" && !e.ariaLabel && !e.closest("svg, [aria-label]")).map((e) => e.outerHTML.slice(0, 90));
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
  fresh() {
    const lit = getComputedStyle(document.documentElement).getPropertyValue("--home").trim();
    const probe = document.createElement("i");
    probe.style.color = lit;
    document.body.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return this.all(".tile.old, .tile.gone").filter((e) => getComputedStyle(e).backgroundColor === color || !/\d|now|刚|现在/.test(e.textContent)).map((e) => this.name(e));
  },

  // A wish is beside the fact, not in its place.
  wishes() {
    return this.all(".tile .wish").filter((e) => !e.parentElement.querySelector(".fact")?.textContent.trim()).map((e) => this.name(e));
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
    return [`${e.tagName} ${this.name(e)}`];
  },

  // Rooms that scroll by themselves.
  scrolled() {
    return [document.scrollingElement, ...document.querySelectorAll("main *")].filter((e) => e.scrollTop > 0 || e.scrollLeft > 0).map((e) => `${e.tagName} ${e.className}`);
  },
})
