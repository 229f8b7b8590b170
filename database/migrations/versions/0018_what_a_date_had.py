"""What a date had before it lost its time, so that it is given back as it was."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Json

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("had", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "had")
