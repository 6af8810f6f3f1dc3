"""Keep of courses on this machine how their progress is reckoned and whether their lessons open one by one."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE installed ADD COLUMN progress_method TEXT DEFAULT 'lesson' NOT NULL")
    op.execute("ALTER TABLE installed ADD COLUMN progress_weights TEXT DEFAULT '{}' NOT NULL")
    op.execute("ALTER TABLE installed ADD COLUMN sequential BOOLEAN DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE installed_lesson ADD COLUMN weight FLOAT DEFAULT 1 NOT NULL")
    op.execute("ALTER TABLE installed_lesson ADD COLUMN preview BOOLEAN DEFAULT 0 NOT NULL")
