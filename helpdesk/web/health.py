"""For load balancers: whether this process answers and reaches the database; says nothing else."""

from flask import Blueprint, Response
from sqlalchemy import text

from helpdesk.db import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> Response:
    """`ok`, or 503 through the error handler when the database is away."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", content_type="text/plain; charset=utf-8")
