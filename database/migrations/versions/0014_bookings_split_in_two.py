"""Bookings split in two: which booking the dates were split from, and the name by which calendars go on knowing them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
SPLIT = sa.text("first_reference IS NOT NULL")


def upgrade() -> None:
    op.add_column("booking", sa.Column("split_from", sa.Integer(), nullable=True))
    op.add_column("occurrence", sa.Column("first_reference", sa.String(20), nullable=True))
    op.create_index("ix_occurrence_first_reference", "occurrence", ["first_reference"], sqlite_where=SPLIT, postgresql_where=SPLIT)


def downgrade() -> None:
    op.drop_index("ix_occurrence_first_reference", table_name="occurrence")
    op.drop_column("occurrence", "first_reference")
    op.drop_column("booking", "split_from")
