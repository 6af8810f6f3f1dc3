"""Keep the questions of an exam with the attempt that is going on: no pack holds them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("open_attempt", sa.Column("paper", sa.Text()))
