"""When the time of a date was asked for, where that was after its booking: it is judged as of then, also when it is decided on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("asked_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "asked_at")
