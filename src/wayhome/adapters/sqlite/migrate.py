"""Brings a database to the present schema. Imported only when there is something to do: SQLAlchemy and Alembic cost
0.3 s of start-up."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy.pool import StaticPool


def migrate(connection: sqlite3.Connection, schema: int) -> None:
    """Run the migrations that this database has not seen, in one transaction: all or nothing."""
    _run(connection, lambda script, seen: list(script._upgrade_revs("head", seen)), schema)


def _run(
    connection: sqlite3.Connection,
    steps: Callable[[ScriptDirectory, str], list[RevisionStep]],
    schema: int,
) -> None:
    config = Config()
    config.set_main_option("script_location", "wayhome.adapters.sqlite:migrations")
    config.set_main_option("version_locations", "wayhome.adapters.sqlite:migrations")
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    engine = sa.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    # The connection is in autocommit mode, so SQLAlchemy's own BEGIN does nothing: without a real one each table
    # would be a transaction of its own, and a crash would leave half a schema.
    sa.event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as session, session.begin():
        context = MigrationContext.configure(
            session, opts={"fn": lambda seen, _: steps(script, seen), "transactional_ddl": True}
        )
        with Operations.context(context):
            context.run_migrations()
        session.exec_driver_sql(f"PRAGMA user_version = {int(schema)}")
