"""Dates that nobody came to: when that was noted, and by whom."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("absent_at", Instant(), nullable=True))
    op.add_column("occurrence", sa.Column("absent_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "absent_by")
    op.drop_column("occurrence", "absent_at")
