"""The signal catalogue from files: VSS 6 as it comes with Wayhome, or a specification file of the user's own.

Three formats are read: ours (one object with ``signals``), VSS facts as JSON lines, and the JSON export of
COVESA's vss-tools (branches with ``children``).
"""

from __future__ import annotations

import stat
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import msgspec

from wayhome.core.catalog import Catalog, Kind
from wayhome.core.traits import SIGNALS, TRAITS
from wayhome.core.vss import MAX_SIGNALS, Entry, Scalar, signals
from wayhome.errors import BadInput

MAX_BYTES = 16 * 1024 * 1024
SHIPPED = "data/vss-6.0.json"
NOTICE = (
    "Facts of the COVESA Vehicle Signal Specification (VSS), by COVESA and its contributors, under the Mozilla Public "
    "License 2.0: https://mozilla.org/MPL/2.0/"
)
FORMATS = "Give a file that script/vss wrote, VSS facts as JSON lines, or the JSON export of vss-tools."


class Specification(msgspec.Struct, frozen=True):
    """Our own format: a specification's facts with where they come from."""

    signals: list[Entry]
    notice: str = ""


class Node(msgspec.Struct, frozen=True):
    """One branch or leaf of vss-tools' export."""

    type: str = ""
    datatype: str | None = None
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    allowed: list[Scalar] | None = None
    default: Scalar | list[Scalar] | None = None
    children: dict[str, Node] | None = None


_KINDS: dict[str, Kind] = {"sensor": "sensor", "actuator": "actuator", "attribute": "attribute"}


def load_catalog(vss: Path | None = None) -> Catalog:
    """The catalogue of cars and homes: VSS (``vss``, or the one that comes with Wayhome), the home's traits and the
    hub's own signals. Raises BadInput that names the file and what is wrong with it."""
    if vss is None:
        name, content = SHIPPED, resources.files("wayhome").joinpath(SHIPPED).read_bytes()
    else:
        name, content = str(vss), _content(vss)
    try:
        of_cars = signals(entries(content))
        clash = next((found.path for found in of_cars if found.path.partition(".")[0] in TRAITS), None)
        if clash is not None:
            raise BadInput(f"{clash[:120]} begins with a trait of homes")
    except BadInput as error:
        raise BadInput(f"{name} is not a usable signal catalogue: {error.detail}", advice=FORMATS) from None
    return Catalog((*of_cars, *SIGNALS))


def entries(content: bytes) -> list[Entry]:
    """The entries of a specification file, whichever of the formats it has. Raises BadInput."""
    if len(content) > MAX_BYTES:
        raise BadInput(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        head = content.lstrip()[:4096].split(b"\n", 1)[0]
        if b'"path"' in head and b'"children"' not in head and b'"signals"' not in head:
            return msgspec.json.Decoder(Entry).decode_lines(content)
        top = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        if "signals" in top and "children" not in top:
            return msgspec.json.decode(content, type=Specification).signals
        return _leaves(msgspec.json.decode(content, type=dict[str, Node]))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"{error}"[:300]) from None
    except RecursionError:
        raise BadInput("its branches are nested too deeply") from None


def encode(found: Iterable[Entry], version: str) -> bytes:
    """Entries in our own format: one line for each, in order of path, so that changes can be read."""
    head = {"specification": "COVESA VSS", "version": version, "license": "MPL-2.0", "notice": NOTICE}
    lines = (msgspec.json.encode(entry) for entry in sorted(found, key=lambda entry: entry.path))
    return msgspec.json.encode(head)[:-1] + b',"signals":[\n' + b",\n".join(lines) + b"\n]}\n"


def _leaves(top: dict[str, Node]) -> list[Entry]:
    found: list[Entry] = []
    todo = list(top.items())
    while todo:
        path, node = todo.pop()
        if node.children is not None:
            todo += [(f"{path}.{name}", child) for name, child in node.children.items()]
            continue
        if node.type == "branch":
            continue
        kind = _KINDS.get(node.type)
        if kind is None or node.datatype is None:
            raise BadInput(f"{path[:120]} is neither a branch nor a signal with a type and a datatype")
        found.append(Entry(path, kind, node.datatype, node.unit, node.min, node.max, node.allowed, node.default))
        if len(found) > MAX_SIGNALS:
            break
    return sorted(found, key=lambda entry: entry.path)


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(f"{path} is not a file", advice=FORMATS)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}", advice=FORMATS) from None
