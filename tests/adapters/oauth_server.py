"""A provider of access tokens on this machine: its sign-in, the token endpoint, and what Dovecot asks."""

import base64
import hashlib
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, CLIENT_SECRET = "the-helpdesk", "client secret"


class OAuthServer:
    """Knows one user; each refresh token works once and is replaced, as Microsoft does it."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.refresh_token = "first refresh token"
        self.access_tokens: set[str] = set()
        self.asked: list[str] = []
        #: What a person agreed to, by code: where it may go and the challenge that its owner can answer.
        self.codes: dict[str, tuple[str, str]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, answer = outer.answer(self.path, {name: values[0] for name, values in form.items()})
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def authorize_url(self) -> str:
        return f"{self.url}/authorize"

    def agree(self, address: str) -> str:
        """A person opens the address, signs in and says yes; returns where their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(self.authorize_url)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert (asked["code_challenge_method"], asked["login_hint"]) == ("S256", self.user)
        code = secrets.token_urlsafe(12)
        self.codes[code] = (asked["redirect_uri"], asked["code_challenge"])
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _redeemed(self, form: dict[str, str]) -> bool:
        """Each code counts once, at the address it was sent to, for whoever knows the challenge's answer."""
        redirect_uri, challenge = self.codes.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        answered = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return (form.get("redirect_uri"), answered) == (redirect_uri, challenge)

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """What the provider says to one request."""
        if path == "/introspect":
            active = form.get("token") in self.access_tokens
            return 200, {"active": active, "username": self.user}
        self.asked.append(form.get("refresh_token", ""))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return 401, {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret",
            }
        if form.get("grant_type") == "authorization_code":
            if not self._redeemed(form):
                return 400, {"error": "invalid_grant", "error_description": "the code does not count"}
        elif form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS700082: The token has expired"}
        self.refresh_token = secrets.token_urlsafe(12)
        access = secrets.token_urlsafe(24)
        self.access_tokens.add(access)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 3600}
        return 200, {**answer, "refresh_token": self.refresh_token}

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
