"""Telling to the frame when a page shows something, the same way in any page.

A page draws when a message comes, or in the frame's own callbacks; so the script looks after the last of these, when
the frame is laid out and only to be painted: at that moment the browser says that a hidden element, which the script
makes wider or narrower each frame, has changed its size. The time is taken right after that frame was painted.
"""

from __future__ import annotations

SCRIPT = """
window.whenPainted = (found, then) => {
  const probe = document.createElement("i");
  probe.style.cssText =
    "position:fixed;inset:0 auto auto 0;height:1px;visibility:hidden;contain:strict;pointer-events:none";
  let wide = false;
  const painted = new MessageChannel();
  painted.port1.onmessage = () => {
    probe.remove();
    then(performance.now());
  };
  const laidOut = new ResizeObserver(() => {
    if (!found()) return next();
    laidOut.disconnect();
    painted.port2.postMessage(0);
  });
  const next = () => requestAnimationFrame(() => {
    const root = document.documentElement;
    if (root === null) return next();
    if (!probe.isConnected) root.append(probe);
    probe.style.width = (wide = !wide) ? "2px" : "1px";
  });
  laidOut.observe(probe);
  next();
};
"""
"""``whenPainted(found, then)``: ``then`` gets the time (``performance.now()``) at which the first frame was painted
for which ``found()`` was true."""
