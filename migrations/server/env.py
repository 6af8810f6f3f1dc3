"""Run the version scripts over the connection and inside the transaction that lms_core.db.upgrade opened."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    render_as_batch=True,
)
context.run_migrations()
