"""Stores for these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wayhome.adapters.sqlite.store import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A fresh store, loaded."""
    fresh = SqliteStore(tmp_path / "wayhome.db")
    await fresh.load()
    yield fresh
    await fresh.close()
