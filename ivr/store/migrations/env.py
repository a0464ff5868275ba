"""Run by Alembic: moves the schema of the connection that `ivr.store.migrate` opened, inside that transaction."""

from alembic import context

from ivr.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
