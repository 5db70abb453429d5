"""What a browser can measure of a page, for the rules of the glass."""

from __future__ import annotations

import base64
from typing import Any

from playwright.async_api import Page

TARGETS = """() => [...document.querySelectorAll('button, a[href], input, select, [role=switch], [role=radio]')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 0 && !e.disabled)"""

OWNED = """(least) => {
  // A target owns a square of glass if every point of it answers to that target and to nothing that lies over it.
  const mine = (e, x, y) => { const hit = document.elementFromPoint(x, y); return hit !== null && e.contains(hit); };
  const square = (e, x, y) => {
    for (let i = 0; i <= 4; i++) for (let j = 0; j <= 4; j++)
      if (!mine(e, x + 0.5 + (least - 1) * i / 4, y + 0.5 + (least - 1) * j / 4)) return false;
    return true;
  };
  const owns = (e) => {
    const r = e.getBoundingClientRect();
    for (let y = r.top; y <= r.bottom - least + 0.6; y += 4)
      for (let x = r.left; x <= r.right - least + 0.6; x += 4) if (square(e, x, y)) return true;
    return false;
  };
  // Rounded corners belong to the target; the square is looked for with corners cut off.
  const style = document.createElement('style');
  style.textContent = '* { border-radius: 0 !important }';
  document.head.append(style);
  const fixed = (e) => { for (; e; e = e.parentElement) if (getComputedStyle(e).position === 'fixed') return true; return false; };
  const bad = (TARGETS)()
    .filter(e => { if (!fixed(e)) e.scrollIntoView({ block: 'center', behavior: 'instant' }); return !owns(e); })
    .map(e => `${e.tagName} ${e.ariaLabel ?? e.textContent.trim()} ${JSON.stringify(e.getBoundingClientRect())}`);
  style.remove();
  return bad;
}""".replace("(TARGETS)", f"({TARGETS})")

NAMELESS = """() => (TARGETS)()
  .filter(e => !(e.ariaLabel || e.textContent.trim() || [...(e.labels ?? [])].some(l => l.textContent.trim())))
  .map(e => e.outerHTML.slice(0, 120))""".replace("(TARGETS)", f"({TARGETS})")

TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.data.trim() || !e.checkVisibility({ opacityProperty: true }) || e.closest('.visually-hidden, :disabled')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      const x = Math.max(0, r.left), y = Math.max(0, r.top);
      const right = Math.min(innerWidth, r.right), bottom = Math.min(innerHeight, r.bottom);
      if (right - x < 2 || bottom - y < 2) continue;
      const hit = document.elementFromPoint((x + right) / 2, (y + bottom) / 2);
      if (hit === null || !(hit.contains(e) || e.contains(hit) || hit.closest('button, a') === e.closest('button, a'))) continue;
      const s = getComputedStyle(e);
      const color = s.fill && e instanceof SVGElement ? s.fill : s.color;
      found.push({ text: node.data.trim().slice(0, 40), x, y, width: right - x, height: bottom - y, color,
                   size: parseFloat(s.fontSize) });
    }
  }
  return found;
}"""

CONTRAST = """async ([picture, texts]) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const dot = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (color) => { dot.clearRect(0, 0, 1, 1); dot.fillStyle = color; dot.fillRect(0, 0, 1, 1); return dot.getImageData(0, 0, 1, 1).data; };
  const light = (r, g, b) => { const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const bad = [];
  for (const t of texts) {
    const data = pen.getImageData(Math.round(t.x), Math.round(t.y), Math.max(1, Math.round(t.width)), Math.max(1, Math.round(t.height))).data;
    const ink = light(...rgb(t.color));
    const ratios = [];
    for (let i = 0; i < data.length; i += 16) { const ground = light(data[i], data[i + 1], data[i + 2]); ratios.push((Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)); }
    ratios.sort((a, b) => a - b);
    const worst = ratios[Math.floor(ratios.length * 0.02)];
    if (worst < 4.5) bad.push(`${t.text}: ${worst.toFixed(2)}`);
  }
  return bad;
}"""


async def small_targets(page: Page, least: int) -> list[str]:
    """Targets that do not own a square of ``least`` pixels: too small, or something else lies over them."""
    found: list[str] = await page.evaluate(OWNED, least)
    return found


async def nameless(page: Page) -> list[str]:
    """Controls without a name for screen readers."""
    found: list[str] = await page.evaluate(NAMELESS)
    return found


async def texts(page: Page) -> list[dict[str, Any]]:
    """Every visible text: where, how large, in which colour."""
    found: list[dict[str, Any]] = await page.evaluate(TEXTS)
    return found


async def faint(page: Page) -> list[str]:
    """Texts with less than 4.5:1 contrast to what is really painted behind them, gradients and all."""
    found = await texts(page)
    assert found, "a page without text"
    hide = "*, *::before, *::after { color: transparent !important; transition: none !important; animation: none !important } "
    style = await page.add_style_tag(content=hide + "svg text { fill: transparent !important }")
    picture = base64.b64encode(await page.screenshot()).decode()
    await style.evaluate("e => e.remove()")
    bad: list[str] = await page.evaluate(CONTRAST, [picture, found])
    return bad


async def overflow(page: Page) -> tuple[int, int]:
    """How many pixels the page is wider and higher than its window."""
    wide, high = await page.evaluate(
        "() => { const e = document.scrollingElement; return [e.scrollWidth - innerWidth, e.scrollHeight - innerHeight]; }"
    )
    return int(wide), int(high)
