"""The blueprint of all pages for agents; nobody else gets past it."""

from flask import Blueprint

from helpdesk.web.guards import only_agents

blueprint = Blueprint("agent", __name__)
blueprint.before_request(only_agents)
