"""What Valhalla answers, as ways. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from wayhome.adapters.maps.writing import one_line
from wayhome.hub.maps import Lane, Manoeuvre, Piece, Point, Spot, Wanted, Way

type Answer = dict[str, Any]
type Matrix = list[list[tuple[float, float] | None]]

KINDS = (
    "none", "start", "start_right", "start_left", "arrive", "arrive_right", "arrive_left", "becomes", "continue",
    "slight_right", "right", "sharp_right", "uturn_right", "uturn_left", "sharp_left", "left", "slight_left",
    "ramp_straight", "ramp_right", "ramp_left", "exit_right", "exit_left", "stay_straight", "stay_right", "stay_left",
    "merge", "roundabout_enter", "roundabout_exit", "ferry_enter", "ferry_exit",
)  # fmt: skip
"""Valhalla's kinds of manoeuvres, by number."""
_MERGES = {37: "merge_right", 38: "merge_left"}
_LEADS = {
    2: "through", 4: "sharp_left", 8: "left", 16: "slight_left", 32: "slight_right", 64: "right", 128: "sharp_right",
    256: "reverse", 512: "merge_left", 1024: "merge_right",
}  # fmt: skip
EDGES = ("speed_limit", "speed", "length", "road_class", "toll", "tunnel", "begin_shape_index", "end_shape_index")
OFF_ROAD = 2_000.0
"""m from a point to a road at which one still can go there by car: Valhalla alone would lead to the edge of the map for
what lies 35 km beyond it."""
UNLIMITED = 255.0
"""What Valhalla says of a road without a limit."""


def request(wanted: Wanted) -> Answer:
    """The question for ways."""
    spots = [_spot(point) | {"type": "break"} for point in wanted.points]
    if wanted.heading is not None:
        spots[0] |= {"heading": round(wanted.heading) % 360, "heading_tolerance": 60}
    spots[1:1] = [_spot(point) | {"type": "through"} for point in wanted.through]
    options = {
        "use_tolls": 0.0 if wanted.avoid_tolls else 0.5,
        "use_highways": 0.0 if wanted.avoid_motorways else 0.5,
        "use_ferry": 0.0 if wanted.avoid_ferries else 0.5,
    }
    asked: dict[str, Any] = {
        "locations": spots,
        "costing": wanted.costing,
        "units": "kilometers",
        "turn_lanes": True,
        "directions_type": "maneuvers",
    }
    if wanted.costing == "auto":
        asked["costing_options"] = {"auto": options}
    if wanted.alternatives and len(spots) == 2:
        asked["alternates"] = wanted.alternatives
    return asked


def _spot(point: Point) -> Answer:
    """A point, to be brought to a road that is not far off."""
    return {"lat": point.latitude, "lon": point.longitude, "search_cutoff": OFF_ROAD}


def shapes(answer: Answer) -> list[list[str]]:
    """The encoded shapes of each way's legs."""
    return [[str(leg["shape"]) for leg in trip["legs"]] for trip in _trips(answer)]


def ways(answer: Answer, edges: Sequence[Sequence[Answer]]) -> list[Way]:
    """The ways of an answer. ``edges``: of each way, the answers of its legs' ``trace_attributes``."""
    return [_way(trip, of_legs) for trip, of_legs in zip(_trips(answer), edges, strict=True)]


def _trips(answer: Answer) -> list[Answer]:
    return [answer["trip"], *(other["trip"] for other in answer.get("alternates", ()))]


def _way(trip: Answer, edges: Sequence[Answer]) -> Way:
    shape: list[Point] = []
    manoeuvres: list[Manoeuvre] = []
    pieces: list[Piece] = []
    stops = [0]
    for leg, traced in zip(trip["legs"], edges, strict=True):
        points = decoded(leg["shape"])
        # Legs join at a point that both have.
        start = max(0, len(shape) - 1)
        shape += points if not shape else points[1:]
        manoeuvres += [_manoeuvre(one, start) for one in leg["maneuvers"]]
        stops.append(len(shape) - 1)
        # Where one goes to just a point of the line, Valhalla counts that once more.
        of_leg = [_piece(one, start) for one in traced.get("edges", ()) if start + one["begin_shape_index"] < stops[-1]]
        pieces += [msgspec.structs.replace(one, end=min(one.end, stops[-1])) for one in of_leg]
    summary = trip["summary"]
    return Way(
        tuple(shape),
        round(summary["length"] * 1000, 1),
        round(summary["time"], 1),
        tuple(manoeuvres),
        tuple(pieces),
        tuple(stops),
        bool(summary.get("has_toll")),
        bool(summary.get("has_ferry")),
        bool(summary.get("has_highway")),
    )


def _manoeuvre(one: Answer, start: int) -> Manoeuvre:
    number = one["type"]
    sign = one.get("sign", {})
    said = [
        one_line(part["text"])
        for name in ("exit_number", "exit_toward", "exit_branch")
        for part in _elements(sign, name)
    ]
    return Manoeuvre(
        _MERGES.get(number) or (KINDS[number] if number < len(KINDS) else "continue"),
        start + one["begin_shape_index"],
        round(one["length"] * 1000, 1),
        round(one["time"], 1),
        tuple(one_line(name) for name in (one.get("begin_street_names") or one.get("street_names") or ())[:3]),
        one.get("roundabout_exit_count"),
        " · ".join(said[:3]) or None,
        tuple(_lane(lane) for lane in one.get("lanes", ())),
    )


def _elements(sign: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sign.get(f"{name}_elements", [])
    return found


def _lane(lane: dict[str, int]) -> Lane:
    take = lane.get("active") or lane.get("valid") or 0
    return Lane(_leads(lane.get("directions", 0)), next(iter(_leads(take)), None))


def _leads(mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in _LEADS.items() if mask & bit)


def _piece(edge: Answer, start: int) -> Piece:
    limit = edge.get("speed_limit")
    return Piece(
        start + edge["begin_shape_index"],
        start + edge["end_shape_index"],
        float(edge.get("speed", 0)),
        float(limit) if limit is not None and 0 < limit < UNLIMITED else None,
        str(edge.get("road_class", "")),
        bool(edge.get("tunnel")),
        bool(edge.get("toll")),
    )


def decoded(text: str) -> list[Point]:
    """A polyline with six digits after the point, as Valhalla encodes it (Google's algorithm)."""
    points: list[Point] = []
    values = [0, 0]
    turn = at = 0
    while at < len(text):
        shift = number = 0
        while True:
            byte = ord(text[at]) - 63
            at += 1
            number |= (byte & 0x1F) << shift
            shift += 5
            if byte < 0x20:
                break
        values[turn] += ~(number >> 1) if number & 1 else number >> 1
        turn = 1 - turn
        if turn == 0:
            points.append(Point(values[0] / 1e6, values[1] / 1e6))
    return points


def tracing(shape: str, costing: str) -> Answer:
    """The question for the roads of a shape that Valhalla gave."""
    filters = {"action": "include", "attributes": [f"edge.{name}" for name in EDGES]}
    return {"encoded_polyline": shape, "shape_match": "edge_walk", "costing": costing, "filters": filters}


def matching(course: Sequence[Point]) -> Answer:
    """The question for the roads of a course that was driven."""
    attributes = [*(f"edge.{name}" for name in EDGES), "matched.edge_index", "matched.type"]
    return {
        "shape": [{"lat": lat, "lon": lon} for lat, lon in course],
        "shape_match": "map_snap",
        "costing": "auto",
        "filters": {"action": "include", "attributes": attributes},
    }


def matched(answer: Answer) -> list[Piece]:
    """The roads of a course, one piece for each run of its points on the same road."""
    edges = answer.get("edges", [])
    pieces: list[Piece] = []
    before = None
    for number, point in enumerate(answer.get("matched_points", [])):
        index = point.get("edge_index")
        if not isinstance(index, int) or not 0 <= index < len(edges):
            before = None
            continue
        if index == before:
            pieces[-1] = msgspec.structs.replace(pieces[-1], end=number)
        else:
            pieces.append(msgspec.structs.replace(_piece(edges[index], 0), start=number, end=number))
        before = index
    return pieces


def covered(answer: Answer) -> Answer:
    """The roads of a course as those of a way are told: from its first point to its last, without a gap."""
    edges = answer.get("edges", [])
    runs: list[tuple[int, int]] = []
    for number, point in enumerate(answer.get("matched_points", [])):
        index = point.get("edge_index")
        if isinstance(index, int) and 0 <= index < len(edges) and (not runs or runs[-1][1] != index):
            runs.append((number if runs else 0, index))
    ends = [start for start, _ in runs[1:]] + [len(answer.get("matched_points", [])) - 1]
    parts = zip(runs, ends, strict=True) if runs else ()
    return {
        "edges": [
            {**edges[index], "begin_shape_index": start, "end_shape_index": end}
            for (start, index), end in parts
            if start < end
        ]
    }


def between(points: Sequence[Point]) -> Answer:
    """The question for a matrix."""
    spots = [_spot(point) for point in points]
    return {"sources": spots, "targets": spots, "costing": "auto", "units": "kilometers"}


def matrix(answer: Answer) -> Matrix:
    """Seconds and m from each to each."""
    return [
        [None if cell["time"] is None else (float(cell["time"]), round(cell["distance"] * 1000, 1)) for cell in row]
        for row in answer["sources_to_targets"]
    ]


def within(point: Point, *metres: float) -> Answer:
    """The question for what is reached within so many m of road, for each of some distances."""
    return {
        "locations": [_spot(point)],
        "costing": "auto",
        "contours": [{"distance": far + 0.005} for far in sorted({_far(one) for one in metres})],
        "polygons": True,
        "denoise": 0.3,
        "generalize": 0,  # lines that are made simpler cross each other
    }


def _far(metres: float) -> float:
    """How Valhalla calls a distance: in km, of which it cuts off what is less than 10 m."""
    return round(metres / 1000, 2)


def rings(answer: Answer, *metres: float) -> list[list[Point]]:
    """The outer rings of the first of these distances, in an answer in GeoJSON: those that lie within one of the
    second's, where there is a second."""
    found: dict[float, list[list[Point]]] = {_far(one): [] for one in metres}
    for feature in answer.get("features", []):
        shape = feature["geometry"]
        of = found.setdefault(round(float(feature["properties"]["contour"]), 2), [])
        for polygon in [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]:
            of += [[Point(lat, lon) for lon, lat in ring] for ring in polygon[:1]]
    own, *others = (found[_far(one)] for one in metres)
    # What is too small to be drawn of the one may be large enough of the other: an island behind a bridge.
    return [ring for ring in own if all(ring in of or any(_holds(one, ring[0]) for one in of) for of in others)]


def _holds(ring: Sequence[Point], point: Point) -> bool:
    """Whether a point lies within a ring: a line from it to the east crosses the ring an odd number of times."""
    crossed = False
    for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (one.latitude > point.latitude) != (other.latitude > point.latitude):
            share = (point.latitude - one.latitude) / (other.latitude - one.latitude)
            crossed ^= point.longitude < one.longitude + share * (other.longitude - one.longitude)
    return crossed


def locating(point: Point) -> Answer:
    """The question for the road at a point."""
    return {"locations": [_spot(point)], "costing": "auto", "verbose": True}


def on_road(answer: Sequence[Answer]) -> bool:
    """Whether there is a road near the point that was asked for."""
    return bool(answer and answer[0].get("edges"))


def street(point: Point, answer: Sequence[Answer], within: float) -> Spot | None:
    """The street at a point; None: none with a name so close."""
    found = answer[0].get("edges") if answer else None
    for edge in found or ():
        names = edge.get("edge_info", {}).get("names") or ()
        if names and edge["distance"] <= within:
            return Spot(
                "street", one_line(str(names[0])), point.latitude, point.longitude, distance=round(edge["distance"])
            )
    return None
