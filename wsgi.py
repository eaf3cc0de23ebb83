"""The application for any WSGI server: `gunicorn wsgi:app`."""

from helpdesk.app import make_app

app = make_app()
