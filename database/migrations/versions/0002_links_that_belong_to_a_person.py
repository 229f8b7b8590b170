"""Links that belong to a person: whose address a mailed link changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("proof_link", sa.Column("person_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("proof_link", "person_id")
