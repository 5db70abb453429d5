"""When a page first shows something of use: measured the same way in ours and in Home Assistant's.

Of each frame a script looks whether a fact stands on the page: a state's words or a number, inside the glass, not
hidden. What is looked at is told to the script by the page itself (which elements come into being), so that looking
costs the same few microseconds in both.
"""

from __future__ import annotations

from bench.rig.painted import SCRIPT

LOOK = (
    SCRIPT
    + """
(() => {
  const inGlass = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0 && box.left < innerWidth
      && (element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true);
  };
  const told = (element) => {
    const text = (element?.textContent ?? "").trim();
    return text !== "" && text !== "–" && inGlass(element);
  };
  FIND
  whenPainted(found, (now) => { window.firstPicture = now; });
})();
"""
)

OURS = LOOK.replace(
    "FIND",
    """
  const FACTS = ".tile:not(.old):not(.gone) .state, .speed:not(.old) .value, .rest .value";
  const found = () => [...document.querySelectorAll(FACTS)].some(told);
""",
)
"""A tile's state, a car's speed, or its charge, as of now: what is old does not count."""

THEIRS = LOOK.replace(
    "FIND",
    """
  const tiles = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) {
    const root = attach.call(this, how);
    if (this.localName === "ha-tile-info") tiles.push(this);
    return root;
  };
  const found = () => tiles.some((one) =>
    told(one.querySelector("[slot=secondary]")) || told(one.shadowRoot?.querySelector(".secondary span")));
""",
)
"""The second line of a tile on Home Assistant's own home page: an entity's state, or a room's sum of them."""

WAIT = "() => window.firstPicture !== undefined"
