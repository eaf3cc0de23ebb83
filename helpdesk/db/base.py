"""The declarative base and the Flask-SQLAlchemy extension that owns engine and sessions."""

from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, registry

from helpdesk.db.types import Json, UtcDateTime

# Named constraints, so that a migration can change each of them on both databases.
_METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """What every table's class inherits from."""

    # As attributes and not as `type_annotation_map`: Flask-SQLAlchemy 3.1 refuses that one (its issue 1361).
    metadata = _METADATA
    registry = registry(
        metadata=_METADATA,
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json},
    )


# Objects stay readable after the commit: views print what an action returned.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
