"""The application for any WSGI server: `gunicorn wsgi:app`."""

from helpdesk.app import make_app
from helpdesk.core import logs

app = make_app()
logs.configure(app.extensions["helpdesk"].log_format, process="web")
