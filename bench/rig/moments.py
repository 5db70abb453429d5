"""How long from what a finger does until the page shows what comes of it: taken in the page, at the frame that does.

Before the finger does something, ``await_moment`` says what shall come of it: from the event (the browser's own time of
it, before any of the page's code has run) until the frame is painted in which ``selector`` fits something. ``moment``
then tells how many ms that took.
"""

from __future__ import annotations

from playwright.sync_api import Page

from bench.rig import painted

SCRIPT = (
    painted.SCRIPT
    + """
window.moments = {};
window.awaitMoment = (name, event, selector) => {
  window.moments[name] = new Promise((resolve, reject) => {
    const there = () => document.querySelector(selector) !== null;
    addEventListener(event, (pressed) => {
      whenPainted(there, (now) => resolve(now - pressed.timeStamp));
      setTimeout(() => reject(new Error(`${selector} never showed`)), 20_000);
    }, { capture: true, once: true });
  });
};
"""
)


def await_moment(page: Page, event: str, selector: str, name: str = "it") -> None:
    """From the next ``event`` on (``pointerdown``, ``click``, ``input``), wait for ``selector``."""
    page.evaluate("([name, event, selector]) => awaitMoment(name, event, selector)", [name, event, selector])


def moment(page: Page, name: str = "it") -> float:
    """The ms that it took. Fails when it never came."""
    return float(page.evaluate("name => moments[name]", name))
