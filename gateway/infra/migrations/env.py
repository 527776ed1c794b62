"""Run the scripts on the connection that `migrate` opened."""

from alembic import context

from gateway.infra.tables_jobs import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
