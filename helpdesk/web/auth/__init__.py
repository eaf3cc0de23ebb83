"""Signing in and out, and the language of pages."""

from helpdesk.web.auth.views import blueprint

__all__ = ["blueprint"]
