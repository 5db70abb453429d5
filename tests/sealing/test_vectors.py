"""The vectors that the screens' code reads, too (web/test/sealing.test.ts)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.sealing.make_vectors import FILE
from wayhome.sealing import frame, group_key, keys, paper, signs
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


def test_the_lists_with_vouches() -> None:
    said = VECTORS["vouched"]
    chain = Chain(said["anchor"])
    for at, one in enumerate(said["lists"]):
        if at == said["after"]:
            assert [chain.judge(signed(other)) for other in said["refused"]] == [one["why"] for one in said["refused"]]
        chain = chain.grown(signed(one))
    for later in ("ownerless", "by_paper"):
        then = chain.shorter(said[later]["after"])
        assert [then.judge(signed(one)) for one in said[later]["taken"]] == [None]
        assert [then.judge(signed(one)) for one in said[later]["refused"]] == [
            one["why"] for one in said[later]["refused"]
        ]
    assert signs.of_keys(said["signs"]["sign"], said["signs"]["open"]) == said["signs"]["shown"]


def test_a_list_begun_anew() -> None:
    said = VECTORS["anew"]
    chain = Chain(said["anchor"])
    for at, one in enumerate(said["lists"]):
        if at == said["after"]:
            assert [chain.judge(signed(other)) for other in said["refused"]] == [one["why"] for one in said["refused"]]
        chain = chain.grown(signed(one))


def test_the_keys(chain: Chain) -> None:
    for id in VECTORS["members"]:
        mine = [chain.key(int(n), id, of(id)) for n in VECTORS["epochs"]]
        assert [key and key.hex() for key in mine] == (
            [VECTORS["epochs"]["1"], None] if id == "tablet" else [*VECTORS["epochs"].values()]
        )


def test_the_wraps_are_those_of_rfc_9180() -> None:
    """By the RFC's own vector, which neither of our two libraries made."""
    given = json.loads(FILE.with_name("rfc9180.json").read_text())
    rfc = {name: bytes.fromhex(text) for name, text in given.items() if name != "what"}
    mine = ec.derive_private_key(int.from_bytes(rfc["skRm"], "big"), ec.SECP256R1())
    assert keys.data(keys.point(mine)) == rfc["pkRm"]
    # The key and nonce of the RFC's schedule give its text; with them a wrap has no further data.
    seal = AESGCM(rfc["key"])
    assert seal.encrypt(rfc["base_nonce"], rfc["pt"], rfc["aad"]) == rfc["ct"]
    wrap = rfc["enc"] + seal.encrypt(rfc["base_nonce"], rfc["pt"], b"")
    assert group_key.SUITE.decrypt(wrap, mine, info=rfc["info"]) == rfc["pt"]
    for info in (b"", rfc["info"] + b"x"):
        with pytest.raises(InvalidTag):
            group_key.SUITE.decrypt(wrap, mine, info=info)


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
