"""What Alembic runs: the migrations on the connection it is given, or a comparison with the models."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

import helpdesk
from helpdesk.db import Base, Code, UtcDateTime
from helpdesk.db.migrate import compared

for _file in sorted(Path(helpdesk.__path__[0]).glob("*/*models.py")):
    import_module(f"helpdesk.{_file.parent.name}.{_file.stem}")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Writes our types as plain ones: an old migration must not change when our code does."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Code):
        return f"sa.String(length={item.impl.length})"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=True,
    compare_type=True,
    include_name=compared,
)
with context.begin_transaction():
    context.run_migrations()
