"""Facilities that are out of order from one time to another, as closures that close nothing else."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("closure", sa.Column("out_of_order", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("closure", "out_of_order")
