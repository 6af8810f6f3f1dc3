"""Drop a column of sign-ins at a provider that nothing reads: who it is stands among the facts."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.drop_column("provider_visit", "subject")
