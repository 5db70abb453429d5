"""The page is light: a limit, so that nobody makes it heavier unawares."""

from __future__ import annotations

from pathlib import Path

from tests.web.bundle import initial
from wayhome.web.static import root

MOST = 120_000


def test_the_first_page_weighs_at_most_120_kb() -> None:
    found = initial(root())
    scripts = [name for name in found if name.endswith(".js")]
    assert all(any(word in name for name in scripts) for word in ("theme", "index", "zh"))
    assert any(name.endswith(".css") for name in found)
    heavy = ", ".join(f"{Path(name).name} {size:,}" for name, size in sorted(found.items(), key=lambda one: -one[1]))
    said = f"{sum(found.values()):,} bytes gzip: {heavy}. Load later what is not seen at first."
    assert sum(found.values()) <= MOST, said
