"""The file with a region's places: what can be searched, and what is near. SQLite with FTS5 and an R*Tree."""

from __future__ import annotations

VERSION = 1

SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- The better known ones have the smaller numbers: a search that stops early has seen those.
CREATE TABLE spot (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Its names as the search writes them, a line each.
  folded TEXT NOT NULL,
  english TEXT,
  chinese TEXT,
  street TEXT,
  number TEXT,
  town TEXT,
  about TEXT,
  latitude REAL NOT NULL,
  longitude REAL NOT NULL
);
CREATE VIRTUAL TABLE word USING fts5(
  words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5 6 7 8', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE near USING rtree(id, west, east, south, north);
CREATE TABLE station (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  latitude REAL NOT NULL,
  longitude REAL NOT NULL,
  operator TEXT,
  power REAL,
  fee INTEGER,
  connectors TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX station_place ON station (latitude, longitude);
"""

RANKS = {"place": 0, "street": 2, "station": 3, "parking": 4, "point": 4, "address": 5}
"""Which kinds come first in the numbering; of places and points the well-known ones come before."""
