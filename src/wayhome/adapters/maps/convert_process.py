"""The program that turns an extract of another format into PBF: ``convert_process FROM TO``. The format is told by the
name's ending. Exit code 3: what it was given can't be read, and the last line says why.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import osmium  # type: ignore[import-untyped,unused-ignore]

from wayhome.adapters.maps.programs import MOST_NUMBER, NO_EXTRACT, NO_POSITIONS, RENUMBER, unread


def main(source: str, target: str) -> int:
    """Convert. The exit code."""
    try:
        if not _straight(source, target):
            # Some services write ways before their nodes: all of it is sorted in memory then.
            with osmium.SimpleWriter(target, overwrite=True) as writer:
                merged = osmium.MergeInputReader()
                merged.add_file(source)
                merged.apply(writer)
    except osmium.InvalidLocationError:
        return _refused(NO_POSITIONS)
    except _NumbersError:
        return _refused(RENUMBER)
    except (RuntimeError, OSError, ValueError) as error:
        return _refused(unread(error))
    return 0


class _NumbersError(Exception):
    """An object has a number that no map can be made of."""


def _refused(why: str) -> int:
    print(json.dumps({"error": why}), flush=True)  # noqa: T201 - to whoever runs it
    return NO_EXTRACT


def _straight(source: str, target: str) -> bool:
    """Write it as it comes; False: it does not come in order. Raises _NumbersError."""
    before = (0, 0)
    straight = True
    thing: Any  # osmium's own types do not follow what is asked of a thing
    with osmium.SimpleWriter(target, overwrite=True) as writer:
        for thing in osmium.FileProcessor(source):
            place = ("nwr".index(thing.type_str()), thing.id)
            points = [node.ref for node in thing.nodes] if thing.is_way() else []
            if not all(0 < number < MOST_NUMBER for number in (thing.id, *points)):
                raise _NumbersError
            straight = straight and place >= before
            before = place
            if straight:
                writer.add(thing)
    return straight


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
