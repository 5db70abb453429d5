"""Lines of other sites' logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Two more columns of the log; how far other sites' logs are kept."""
    op.add_column("log", sa.Column("site", sa.Text))
    op.add_column("log", sa.Column("number", sa.Integer))
    op.create_table(
        "heard",
        sa.Column("site", sa.Text, primary_key=True, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
