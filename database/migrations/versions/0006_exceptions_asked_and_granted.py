"""Exceptions that bookings ask for, with what was granted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Json

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("exceptions", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "exceptions")
