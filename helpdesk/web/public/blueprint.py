"""The blueprint of pages that a link in a mail opens."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
