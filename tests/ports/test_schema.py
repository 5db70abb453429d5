"""The database's file: its schema, older and newer ones, damage."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tests.ports.rows import T0, event, reading, sample
from wayhome.adapters.sqlite import check as checks
from wayhome.adapters.sqlite.open import SCHEMA, prepare
from wayhome.adapters.sqlite.schema import metadata
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.errors import StoreError

pytestmark = pytest.mark.anyio


def test_migrations_come_to_the_schema_as_written(tmp_path: Path) -> None:
    prepare(tmp_path / "wayhome.db")
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'wayhome.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == SCHEMA
    engine.dispose()
    by_hand = sa.create_engine("sqlite://")
    metadata.create_all(by_hand)
    shape = "SELECT name, replace(replace(sql, char(10), ''), char(9), '') FROM sqlite_master"
    with by_hand.connect() as one, engine.connect() as other:
        assert set(one.exec_driver_sql(shape)) == {
            row for row in other.exec_driver_sql(shape) if "alembic_version" not in row[0]
        }
    engine.dispose()
    by_hand.dispose()


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    prepare(path)
    before = path.read_bytes()
    prepare(path)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_file_of_a_newer_wayhome_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    prepare(path)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    with pytest.raises(StoreError, match="newer Wayhome") as refused:
        await SqliteStore(path).load()
    assert "newest" in refused.value.hint


async def test_something_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    path.write_bytes(b"something else" * 1000)
    with pytest.raises(StoreError, match="damaged") as refused:
        await SqliteStore(path).load()
    assert "wayhome restore" in refused.value.hint
    assert checks.check(path)


async def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        await SqliteStore(tmp_path / "no" / "wayhome.db").load()
    assert "right to write" in refused.value.hint


async def test_a_corrupt_page_is_found_and_never_taken_for_data(store: SqliteStore) -> None:
    await store.append(
        [event(f"event-{n}") for n in range(2_000)] + [reading(f"t{n}/sensor.value", n) for n in range(500)]
    )
    await store.close()
    content = bytearray(store.path.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    store.path.write_bytes(content)
    (found,) = checks.check(store.path)
    assert found.detail == f"{store.path} is damaged" and "wayhome restore" in found.hint
    with pytest.raises(StoreError, match="damaged"):
        await store.load()


async def test_a_torn_line_of_the_log_is_damage_not_a_fault_of_ours(store: SqliteStore) -> None:
    await store.append([event("a-drive"), reading(value=1)])
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE log SET body = substr(body, 1, length(body) / 2)")
    connection.close()
    with pytest.raises(StoreError, match="damaged") as refused:
        await store.log()
    assert "wayhome restore" in refused.value.hint


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("DELETE FROM log WHERE seq = 5", "gap"),
        ("INSERT INTO meta VALUES ('floor', '99')", "newest lines"),
        ("UPDATE reading SET body = '{'", "unreadable"),
        ("UPDATE chunk SET body = x'0102'", "drive log"),
    ],
)
async def test_doctor_finds(store: SqliteStore, harm: str, says: str) -> None:
    await store.append([event() for _ in range(10)] + [reading()])
    await store.append([sample(at=T0)])
    await store.prune(T0 + 600)
    assert await store.check() == []
    await store.close()
    connection = sqlite3.connect(store.path)
    connection.execute(harm)
    connection.commit()
    connection.close()
    (found,) = checks.check(store.path)
    assert says in f"{found.detail} {found.hint}"


async def test_a_seq_given_twice_is_an_error_that_is_seen(store: SqliteStore) -> None:
    await store.append([event()])
    other = sqlite3.connect(store.path, timeout=5)
    other.execute("INSERT INTO log(seq, kind, at, path, context, body) VALUES (2, 3, 0, NULL, NULL, '{}')")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="UNIQUE"):
        await store.append([event()])
