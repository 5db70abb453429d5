"""A file's pieces as the screens seal them: the vectors that web/test/files.test.ts reads, too."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest

from tests.sealing.make_vectors import FILE
from wayhome.sealing import keys, pieces

VECTOR: dict[str, Any] = json.loads(FILE.read_text())["file"]
ID, SIZE = VECTOR["id"], VECTOR["size"]


def test_they_are_sealed_and_opened_as_the_screens_do() -> None:
    mine = pieces.Keys(VECTOR["key"])
    all = []
    for index, one in enumerate(VECTOR["pieces"]):
        sealed = pieces.seal(mine, ID, index, SIZE, one["content"].encode())
        assert base64.b64encode(sealed.piece).decode() == one["piece"]
        assert pieces.opened(mine, ID, index, SIZE, sealed.piece) == (one["content"].encode(), sealed.inner)
        all.append(sealed)
    assert pieces.whole(one.inner for one in all) == VECTOR["hash"]
    assert pieces.whole(one.digest for one in all) == VECTOR["root"]


def test_in_their_own_place_only_and_unchanged() -> None:
    mine, other = pieces.Keys(VECTOR["key"]), pieces.Keys(keys.text(os.urandom(32)))
    piece = base64.b64decode(VECTOR["pieces"][0]["piece"])
    changed = piece[:-1] + bytes([piece[-1] ^ 1])
    places: list[tuple[pieces.Keys, str, int, int, bytes]] = [
        (other, ID, 0, SIZE, piece), (mine, "mei:01k3", 0, SIZE, piece), (mine, ID, 1, SIZE, piece),
        (mine, ID, 0, SIZE + 1, piece), (mine, ID, 0, SIZE, changed), (mine, ID, 0, SIZE, b""),
    ]  # fmt: skip
    for place in places:
        with pytest.raises(ValueError):
            pieces.opened(*place)
    with pytest.raises(ValueError):
        pieces.Keys(keys.text(bytes(31)))
