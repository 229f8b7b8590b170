"""What cancelling a date costs, or that nobody came, in øre."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("fee", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("occurrence", "fee")
