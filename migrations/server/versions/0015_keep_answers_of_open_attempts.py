"""Keep the answers of attempts that are taken over the interface."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("exam_lease", sa.Column("answers", sa.Text()))
