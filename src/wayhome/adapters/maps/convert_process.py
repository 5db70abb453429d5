"""The program that turns an extract of another format into PBF: ``convert_process FROM TO``. The format is told by the
name's ending. Exit code 3: what it was given can't be read, and the last line says why.
"""

from __future__ import annotations

import json
import sys

import osmium  # type: ignore[import-untyped,unused-ignore]

from wayhome.adapters.maps.programs import NO_EXTRACT


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
        why = "its positions are no degrees of WGS 84"
        print(json.dumps({"error": why}), flush=True)  # noqa: T201 - to whoever runs it
        return NO_EXTRACT
    except (RuntimeError, OSError) as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201 - to whoever runs it
        return NO_EXTRACT
    return 0


def _straight(source: str, target: str) -> bool:
    """Write it as it comes; False: it does not come in order."""
    before = (0, 0)
    with osmium.SimpleWriter(target, overwrite=True) as writer:
        for thing in osmium.FileProcessor(source):
            place = ("nwr".index(thing.type_str()), thing.id)
            if place < before:
                return False
            before = place
            writer.add(thing)
    return True


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
