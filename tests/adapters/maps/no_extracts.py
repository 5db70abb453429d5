"""What no map can be made of: by a file's name its content, and what is said of it."""

from __future__ import annotations

import gzip
import json
import os

NUMBERS = "none of OpenStreetMap's"
NO_EXTRACTS = {
    "page.osm.pbf": (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "no extract"),
    "geo.osm.pbf": (json.dumps({"type": "FeatureCollection", "crs": {}, "features": []}).encode(), "no extract"),
    "random.osm.pbf": (os.urandom(50_000), "no extract"),
    "page.osm": (b"<?xml version='1.0'?><html><body>hello</body></html>", "can't be read"),
    "bomb.osm.gz": (gzip.compress(bytes(20_000_000)), "can't be read"),
    "nothing.osm": (b"<?xml version='1.0'?><osm version='0.6'></osm>", "has a name"),
    "projected.osm": (b"<osm version='0.6'><node id='1' lat='262050' lon='757300' version='1'/></osm>", "degrees"),
    "roadless.osm": (
        b"<osm version='0.6'><node id='1' lat='47' lon='9' version='1'>"
        b"<tag k='amenity' v='cafe'/><tag k='name' v='Cafe'/></node></osm>",
        "no road",
    ),
    "numbers.osm": (
        b"<osm version='0.6'><node id='-1' lat='47' lon='9' version='1'/><node id='-2' lat='47' lon='9.1' version='1'/>"
        b"<way id='-3' version='1'><nd ref='-1'/><nd ref='-2'/><tag k='highway' v='primary'/></way></osm>",
        NUMBERS,
    ),
    **{
        f"{what}.osm": (
            b"<osm version='0.6'><node id='1' lat='47' lon='9' version='1'><tag k='name' v='Cafe'/>"
            b"<tag k='amenity' v='cafe'/></node><node id='2' lat='47' lon='9.1' version='1'/>%s"
            b"<way id='1' version='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='primary'/></way>%s</osm>"
            % (node, way),
            words,
        )
        for what, node, way, words in (
            ("huge", b"<node id='99999999999999999999999' lat='47' lon='9' version='1'/>", b"", NUMBERS),
            ("large", b"<node id='999999999999999999' lat='47' lon='9' version='1'/>", b"", NUMBERS),
            ("negative", b"<node id='-3' lat='47' lon='9' version='1'/>", b"", NUMBERS),
            ("letters", b"<node id='abc' lat='47' lon='9' version='1'/>", b"", NUMBERS),
            ("long-way", b"", b"<way id='99999999999999' version='1'><nd ref='1'/><nd ref='2'/></way>", NUMBERS),
            (
                "far-ref",
                b"",
                b"<way id='2' version='1'><nd ref='1'/><nd ref='99999999999999999999999'/></way>",
                NUMBERS,
            ),
            ("word-ref", b"", b"<way id='2' version='1'><nd ref='1'/><nd ref='x'/></way>", NUMBERS),
            ("nan", b"<node id='3' lat='nan' lon='9' version='1'/>", b"", "degrees"),
            ("infinite", b"<node id='3' lat='47' lon='-inf' version='1'/>", b"", "degrees"),
            ("version", b"<node id='3' lat='47' lon='9' version='%s'/>" % (b"one" * 500), b"", "makes no sense"),
            ("time", b"<node id='3' lat='47' lon='9' version='1' timestamp='once'/>", b"", "makes no sense"),
        )
    },
}
