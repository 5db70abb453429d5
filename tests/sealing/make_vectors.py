"""Makes ``vectors.json``: lists, keys and frames that every implementation has to read alike.

.venv/bin/python -m tests.sealing.make_vectors
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from tests.sealing.groups import HUB, Group, listed
from wayhome.sealing import frame, keys, paper, pieces, signs
from wayhome.sealing.device_list import PURPOSE, Signed, Vouch, sign
from wayhome.sealing.frame import Header

FILE = Path(__file__).with_name("vectors.json")
LONG = "the road is cool, home is warm; "
TEXT = "Wi-Fi of the guests: 晚安 2024 🚗"


def private(mine: keys.Keys) -> dict[str, Any]:
    """Both keys as JWK."""

    def jwk(key: Any, point: str) -> dict[str, str]:
        raw = keys.data(point)
        d = key.private_numbers().private_value.to_bytes(32, "big")
        return {"kty": "EC", "crv": "P-256", "x": keys.text(raw[1:33]), "y": keys.text(raw[33:]), "d": keys.text(d)}

    return {"sign": jwk(mine.signing, mine.sign), "open": jwk(mine.opening, mine.open)}


def plain(signed: Signed) -> dict[str, str]:
    return {"body": signed.body, "signature": signed.signature}


NUMBERS = (("version", "{}.0"), ("version", "{}e0"), ("epoch", "{}.0"), ("made", "1e999"))
"""What JSON takes for the same number, or for none."""


def rewritten(group: Group, hub: keys.Keys, name: str, number: str) -> Signed:
    """The next list, with a number written in another way, also where its name is; well signed."""
    body = json.loads(group.next().body)
    found = json.dumps({one: it for one, it in body.items() if one != name}, separators=(",", ":"))
    escaped = f"\\u{ord(name[0]):04x}{name[1:]}"
    text = f'{found[:-1]},"{escaped}":{number.format(int(body[name]))}}}'
    return Signed(text, keys.text(hub.signed(PURPOSE + text.encode())))


def file() -> dict[str, Any]:
    """Pieces of a file; the same content is sealed alike by everybody."""
    key, id, contents = keys.text(bytes(range(32))), "mei:01k2", [TEXT, "", "a" * 1000]
    size = sum(len(one.encode()) for one in contents)
    all = [pieces.seal(pieces.Keys(key), id, index, size, one.encode()) for index, one in enumerate(contents)]
    return {
        "key": key,
        "id": id,
        "size": size,
        "pieces": [
            {"content": content, "piece": base64.b64encode(one.piece).decode()}
            for content, one in zip(contents, all, strict=True)
        ],
        "hash": pieces.whole(one.inner for one in all),
        "root": pieces.whole(one.digest for one in all),
        "long": {"unit": LONG, "times": pieces.PART // len(LONG) + 1, "index": 1, **of_parts(pieces.Keys(key), id)},
    }


def of_parts(of: pieces.Keys, id: str) -> dict[str, str]:
    """A piece of two parts, the second one short."""
    content = LONG.encode() * (pieces.PART // len(LONG) + 1)
    sealed = pieces.seal(of, id, 1, 5_000_000, content)
    return {"digest": sealed.digest.hex(), "inner": sealed.inner.hex()}


def vouched() -> dict[str, Any]:
    """A history in which an owner's screen lets others in, and what does not follow it."""
    group = Group()
    group.add("owner")
    group.add("phone", by="owner")
    group.add("second", by="owner")
    group.remove("second")
    group.keys["paper"] = paper.keys(bytes(range(20)))
    group.add("paper", by="owner")
    hub, said = group.keys[HUB], group.chain
    members = {id: private(group.keys[id]) for id in ("owner", "phone")}
    group.keys["ghost"] = keys.fresh()
    refused: list[tuple[str, Signed]] = []

    def tried(why: str, *vouches: Vouch, **fields: Any) -> None:
        signed = group.next(vouches=vouches)
        refused.append((why, sign(msgspec.structs.replace(listed(signed), **fields), hub) if fields else signed))

    left = tuple(one for one in listed(said.signed[-1]).members if one.id != "owner")
    tried("unvouched", bound=False, members=left)
    tried("unsound", bound=False)
    tried("unsound", vouches=(Vouch("phone", "owner", "AAAA"),))
    group.wanted["ghost"] = group.want("ghost")
    good = group.vouch("ghost")
    tried("unvouched")
    tried("unvouched", Vouch("phone", "owner", good.signature))
    for by in (HUB, "phone", "ghost", "second", "paper"):
        tried("unvouched", group.vouch("ghost", by))
    tried("unvouched", group.vouch("ghost", keys=keys.fresh()))
    for fields in ({"owner": True}, {"signs": True}, {"person": "tom"}, {"open": keys.fresh().open}):
        group.wanted["ghost"] = msgspec.structs.replace(group.want("ghost"), **fields)  # type: ignore[arg-type]
        tried("unvouched", good)
    # What let the second owner's screen in lets it in no second time.
    del group.wanted["ghost"]
    group.wanted["second"] = group.want("second")
    tried("unvouched", listed(said.signed[3]).vouches[0])
    del group.wanted["second"]
    group.wanted["phone"] = msgspec.structs.replace(group.want("phone"), owner=True)
    tried("unvouched")
    group.wanted["phone"] = group.want("phone")
    refused.append(("unvouched", group.next("paper")))
    group.add("ghost", by="owner")
    # The last one of them is lost: the code on paper begins again.
    del group.wanted["owner"], group.wanted["paper"]
    began = group.chain
    later: list[tuple[str, Signed]] = [("unvouched", taken(group, "owner", "second"))]
    later.append(("unvouched", taken(group, "owner", "second", signer="paper")))
    later.append(("unvouched", taken(group, "tablet", signer="paper")))
    by_paper = taken(group, "owner", signer="paper")
    group.take(group.next("paper"))
    after_paper = [taken(group, "owner", "second"), taken(group, "tablet"), taken(group, "owner", "tablet")]
    after_paper.append(taken(group, "hub.car"))
    group.keys["owner"] = keys.fresh()
    group.add("owner")
    owned = msgspec.structs.replace(group.want("phone"), owner=True).member()
    return {
        "anchor": group.chain.anchor,
        "members": members,
        "lists": [plain(one) for one in group.chain.signed],
        "after": said.version,
        "refused": [{"why": why, **plain(one)} for why, one in refused],
        "ownerless": {
            "after": began.version,
            "taken": [plain(by_paper)],
            "refused": [{"why": why, **plain(one)} for why, one in later],
        },
        "by_paper": {
            "after": began.version + 1,
            "taken": [plain(group.chain.signed[began.version + 1])],
            "refused": [{"why": "unvouched", **plain(one)} for one in after_paper],
        },
        "vouch": {"before": said.head, "member": msgspec.to_builtins(owned), "text": owned.vouched(said.head).decode()},
        "signs": {"sign": hub.sign, "open": hub.open, "shown": signs.of_keys(hub.sign, hub.open)},
    }


def taken(group: Group, *ids: str, signer: str = HUB) -> Signed:
    """The version after, with these in it that nobody has signed for."""
    before = dict(group.wanted)
    for id in ids:
        group.keys[id] = keys.fresh()
        group.wanted[id] = group.want(id)
    signed = group.next(signer)
    group.wanted = before
    return signed


def anew() -> dict[str, Any]:
    """A history that was begun anew: of all who are signed in one owner's screen comes in by itself."""
    group = Group(bound=True)
    refused = [taken(group, *ids) for ids in (("owner", "second"), ("tablet",), ("owner", "tablet"), ("hub.car",))]
    refused.append(sign(msgspec.structs.replace(listed(group.next()), bound=False), group.keys[HUB]))
    group.take(group.next())
    group.add("owner")
    group.add("tablet", by="owner")
    return {
        "anchor": group.chain.anchor,
        "lists": [plain(one) for one in group.chain.signed],
        "after": 1,
        "refused": [{"why": "unvouched", **plain(one)} for one in refused],
    }


def made() -> dict[str, Any]:
    group = Group()
    group.add("phone")
    group.add("tablet")
    group.keys["paper"] = paper.keys(bytes(range(20)))
    group.add("paper")
    group.remove("tablet")
    group.add("watch")
    chain = group.chain
    last, hub = chain.signed[-1], group.keys[HUB]

    def altered(by: keys.Keys = hub, **fields: Any) -> Signed:
        return sign(msgspec.structs.replace(listed(last), **fields), by)

    left = tuple(one for one in listed(last).members if one.id != "phone")
    refused = [
        ("gap", altered(version=8)),
        ("wrong_hash", altered(before="a" * 64)),
        ("forged", altered(group.keys["phone"])),
        ("forged", Signed(last.body, chain.signed[0].signature)),
        ("unentitled", altered(group.keys["phone"], signer="phone")),
        ("unknown_signer", altered(group.keys["tablet"], signer="tablet")),
        ("epoch", altered(members=left)),
        ("unsound", altered(members=())),
        ("unsound", Signed(last.body[:-1] + ',"more":1}', last.signature)),
        *(("unsound", rewritten(group, hub, name, number)) for name, number in NUMBERS),
        ("known", chain.signed[1]),
        ("fork", sign(msgspec.structs.replace(listed(chain.signed[2]), made=99.0), hub)),
    ]
    epochs = {str(n): group.key(HUB, n) or b"" for n in (1, 2)}

    def sealed(sender: str, epoch: int, counter: int, content: str, signer: str = "") -> bytes:
        header = Header("clip", "mei:01k0", sender, epoch, counter)
        return frame.seal(header, content.encode(), epochs[str(epoch)], group.keys[signer or sender], os.urandom(12))

    good = sealed("phone", 2, 9, TEXT)
    frames = [
        {"frame": good, "sender": "phone", "counter": 9, "epoch": 2, "content": TEXT},
        {"frame": sealed("tablet", 1, 1, ""), "sender": "tablet", "counter": 1, "epoch": 1, "content": ""},
        {"frame": sealed("tablet", 2, 2, "x"), "why": "unknown_sender"},
        {"frame": sealed("phone", 2, 2, "x", "watch"), "why": "forged"},
        {"frame": good[:-1] + bytes([good[-1] ^ 1]), "why": "forged"},
        {"frame": good[:-80] + bytes([good[-80] ^ 1]) + good[-79:], "why": "forged"},
        {"frame": b"\2" + good[1:], "why": "unsound"},
        {"frame": good[:40], "why": "unsound"},
    ]
    other = Header("clip", "mei:01k1", "phone", 2, 10)
    frames.append({"frame": frame.seal(other, b"x", epochs["2"], group.keys["phone"], bytes(12)), "why": "other"})
    wrong = Header("clip", "mei:01k0", "phone", 2, 11)
    frames.append({"frame": frame.seal(wrong, b"x", epochs["1"], group.keys["phone"], bytes(12)), "why": "damaged"})
    return {
        "what": "Made by tests/sealing/make_vectors.py; the format stands in docs/reference/sealing.md.",
        "anchor": chain.anchor,
        "members": {id: private(mine) for id, mine in group.keys.items()},
        "lists": [plain(one) for one in chain.signed],
        "hashes": [one.hash for one in chain.signed],
        "refused": [{"why": why, **plain(one)} for why, one in refused],
        "epochs": {n: key.hex() for n, key in epochs.items()},
        "record": {"kind": "clip", "id": "mei:01k0"},
        "frames": [{**one, "frame": base64.b64encode(one["frame"]).decode()} for one in frames],
        "paper": {"secret": bytes(range(20)).hex(), "code": paper.code(bytes(range(20)))},
        "vouched": vouched(),
        "anew": anew(),
        "file": file(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), ensure_ascii=False, indent=1) + "\n")
