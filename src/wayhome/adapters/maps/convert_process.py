"""The program that turns an extract of another format into PBF: ``convert_process FORMAT FROM TO``."""

from __future__ import annotations

import json
import sys

import osmium  # type: ignore[import-untyped,unused-ignore]

from wayhome.adapters.maps.programs import NO_EXTRACT


def main(format: str, source: str, target: str) -> int:
    """Convert. The exit code."""
    try:
        with osmium.SimpleWriter(target) as writer:
            for thing in osmium.FileProcessor(osmium.io.File(source, format)):
                writer.add(thing)
    except (RuntimeError, OSError) as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return NO_EXTRACT
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
