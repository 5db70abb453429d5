"""The tables, once, for every database: SQLAlchemy Core. Imported only to make or migrate a database and by tests.

A test holds the migrations and this file to the same schema.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
)
"""Single facts: ``floor`` (no seq up to it is ever given again), ``pruned`` (when retention last ran), ``log`` (what
this log is called), ``logs`` (what it was called before, see ``log_name.py``), ``site`` (what this site is called)."""

path = Table(
    "path",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
)
"""Every path ever named, so that a line of the log holds a number instead of the text."""

reading = Table(
    "reading",
    metadata,
    Column("path", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),
)
"""The latest reading of each path."""

thing = Table(
    "thing",
    metadata,
    Column("id", Text, primary_key=True, nullable=False),
    Column("body", Text, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("path", Text, primary_key=True, nullable=False),
    Column("gone", Float),
    Column("body", Text, nullable=False),
)
"""Records as merged. ``gone``: when it was deleted (s since 1970), if it is."""

command = Table(
    "command",
    metadata,
    Column("key", Text, primary_key=True, nullable=False),
    Column("open", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The newest state of each command: the open ones, and those of the last 24 h for their keys."""

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("path", Integer),
    Column("context", Text),
    Column("body", Text, nullable=False),
    Column("site", Text),
    Column("number", Integer),
    Index("log_path", "path", "seq"),
    Index("log_context", "context", sqlite_where=text("context IS NOT NULL")),
)
"""Every acknowledged change in order. ``kind``: 1 reading, 2 command, 3 event, 4 record, 5 thing. ``site``,
``number``: of a line that another site wrote, whose it is and its seq there; both NULL: it is this site's own."""

heard = Table(
    "heard",
    metadata,
    Column("site", Text, primary_key=True, nullable=False),
    Column("log", Text, nullable=False),
    Column("number", Integer, nullable=False),
)
"""How far the logs of other sites are kept here."""

tail = Table(
    "tail",
    metadata,
    Column("minute", Integer, primary_key=True, autoincrement=False, nullable=False),
    Column("path", Integer, primary_key=True, autoincrement=False, nullable=False),
    Column("at", Float, primary_key=True, autoincrement=False, nullable=False),
    Column("value", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""Samples of the drive log that are not sealed into a chunk yet."""

chunk = Table(
    "chunk",
    metadata,
    Column("path", Integer, primary_key=True, autoincrement=False, nullable=False),
    Column("minute", Integer, primary_key=True, autoincrement=False, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("chunk_minute", "minute"),
    sqlite_with_rowid=False,
)
"""The drive log: the samples of one path and minute (of time since 1970), packed."""
