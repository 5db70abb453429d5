"""The vectors that the screens' code reads, too (web/test/sealing.test.ts)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.sealing.make_vectors import FILE
from wayhome.sealing import frame, keys, paper
from wayhome.sealing.chain import Chain
from wayhome.sealing.device_list import Signed

VECTORS: dict[str, Any] = json.loads(FILE.read_text())


def of(id: str) -> keys.Keys:
    both = VECTORS["members"][id]
    return keys.of_numbers(*(int.from_bytes(keys.data(both[use]["d"]), "big") for use in ("sign", "open")))


def signed(one: dict[str, str]) -> Signed:
    return Signed(one["body"], one["signature"])


@pytest.fixture(scope="module")
def chain() -> Chain:
    chain = Chain(VECTORS["anchor"])
    for one in VECTORS["lists"]:
        chain = chain.grown(signed(one))
    return chain


def test_the_lists(chain: Chain) -> None:
    assert [one.hash for one in chain.signed] == VECTORS["hashes"]
    for one in VECTORS["refused"]:
        assert chain.judge(signed(one)) == one["why"] or shorter(chain).judge(signed(one)) == one["why"]


def shorter(chain: Chain) -> Chain:
    return Chain(chain.anchor, chain.signed[:-1], chain.lists[:-1])


def test_the_keys(chain: Chain) -> None:
    for id in VECTORS["members"]:
        mine = [chain.key(int(n), id, of(id)) for n in VECTORS["epochs"]]
        assert [key and key.hex() for key in mine] == (
            [VECTORS["epochs"]["1"], None] if id == "tablet" else [*VECTORS["epochs"].values()]
        )


def test_the_frames(chain: Chain) -> None:
    for one in VECTORS["frames"]:
        data = base64.b64decode(one["frame"])
        header = frame.sent(data, VECTORS["record"]["kind"], VECTORS["record"]["id"], chain)
        if isinstance(header, str):
            assert header == one["why"]
            continue
        found = frame.content(data, bytes.fromhex(VECTORS["epochs"][str(header.epoch)]))
        if "why" in one:
            assert found == one["why"]
        else:
            assert (header.sender, header.counter, header.epoch) == (one["sender"], one["counter"], one["epoch"])
            assert found == one["content"].encode()


def test_the_paper() -> None:
    secret = bytes.fromhex(VECTORS["paper"]["secret"])
    assert paper.code(secret) == VECTORS["paper"]["code"] and paper.secret(VECTORS["paper"]["code"]) == secret
    assert paper.keys(secret).numbers() == of("paper").numbers()
