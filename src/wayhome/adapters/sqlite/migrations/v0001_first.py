"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From an empty file to the first tables."""
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "path",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "reading",
        sa.Column("path", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "thing",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "record",
        sa.Column("path", sa.Text, primary_key=True, nullable=False),
        sa.Column("gone", sa.Float),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "command",
        sa.Column("key", sa.Text, primary_key=True, nullable=False),
        sa.Column("open", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("path", sa.Integer),
        sa.Column("context", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("log_path", "log", ["path", "seq"])
    op.create_index("log_context", "log", ["context"], sqlite_where=sa.text("context IS NOT NULL"))
    op.create_table(
        "tail",
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("path", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("at", sa.Float, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chunk",
        sa.Column("path", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("minute", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("chunk_minute", "chunk", ["minute"])
