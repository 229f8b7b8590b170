"""Why a what-if failed, and prices beyond 21 million kroner, which PostgreSQL's integer does not hold."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Json

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
PRICES = ("list_price", "charged_price", "fee")


def upgrade() -> None:
    op.add_column("what_if", sa.Column("fault", Json, nullable=True))
    _prices(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    _prices(sa.BigInteger(), sa.Integer())
    op.drop_column("what_if", "fault")


def _prices(before: sa.types.TypeEngine[int], after: sa.types.TypeEngine[int]) -> None:
    """On SQLite an integer has eight bytes already."""
    if op.get_bind().dialect.name == "postgresql":
        for column in PRICES:
            op.alter_column("occurrence", column, type_=after, existing_type=before, existing_nullable=True)
