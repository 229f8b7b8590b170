"""What anybody may read of bookings that are open to all, and where anybody reaches an organisation."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Json

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("public", Json, nullable=False, server_default="{}"))
    op.add_column("organisation", sa.Column("public_contact", sa.String(length=300), nullable=False, server_default=""))
    op.create_index(
        "ix_booking_open",
        "booking",
        ["id", "version"],
        unique=False,
        sqlite_where=sa.text("open_to_all = 1"),
        postgresql_where=sa.text("open_to_all"),
    )


def downgrade() -> None:
    op.drop_index("ix_booking_open", table_name="booking")
    op.drop_column("organisation", "public_contact")
    op.drop_column("booking", "public")
