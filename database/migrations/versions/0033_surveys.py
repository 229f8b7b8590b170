"""Surveys of rooms, and what they say is missing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HALF_DONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("grades", Json, nullable=False),
        sa.Column("measured", Json, nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_survey_room_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_survey_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_index("ix_survey_half_done", "survey", ["room_id", "by_id"], unique=True, sqlite_where=HALF_DONE, postgresql_where=HALF_DONE)
    op.create_index("ix_survey_room_id", "survey", ["room_id", "done_at"])
    op.create_table(
        "survey_lack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("whom", sa.String(40), nullable=False),
        sa.Column("gravity", sa.Integer(), nullable=True),
        sa.Column("cost", sa.String(40), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_lack_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_lack")),
    )
    op.create_index(op.f("ix_survey_lack_survey_id"), "survey_lack", ["survey_id"])


def downgrade() -> None:
    op.drop_table("survey_lack")
    op.drop_table("survey")
