"""Deputies of caretakers, and what caretakers are sent of their round."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
# SQLite adds a key that refers to another table only together with its column, which Alembic has no word for.
DEPUTY_FOR = "ALTER TABLE role_grant ADD COLUMN deputy_for INTEGER CONSTRAINT fk_role_grant_deputy_for REFERENCES person (id)"


def upgrade() -> None:
    op.execute(DEPUTY_FOR)
    op.add_column("role_grant", sa.Column("starts_at", Instant(), nullable=True))
    op.add_column("role_grant", sa.Column("ends_at", Instant(), nullable=True))
    op.create_index("ix_role_grant_deputy_for", "role_grant", ["deputy_for"], unique=False)
    op.create_table(
        "round_setting",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sheet", sa.String(length=40), nullable=False),
        sa.Column("at_minute", sa.Integer(), nullable=False),
        sa.Column("changes", sa.String(length=40), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("told", Json, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_round_setting_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_round_setting")),
    )


def downgrade() -> None:
    op.drop_table("round_setting")
    op.drop_index("ix_role_grant_deputy_for", "role_grant")
    op.drop_column("role_grant", "ends_at")
    op.drop_column("role_grant", "starts_at")
    op.drop_column("role_grant", "deputy_for")
