"""Headers on every answer: what a browser may load, frame, sniff, remember and tell others."""

from flask import Flask, Response, request

from helpdesk.core.errors import Forbidden

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: For mail as HTML: no script, no form, nothing from elsewhere, an origin of its own.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
#: The same for one message whose pictures from elsewhere somebody wants to see.
FRAME_POLICY_WITH_PICTURES = FRAME_POLICY.replace("img-src data:", "img-src data: https:")
#: For files that came by mail: even if a browser showed one, it could do nothing.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Links with tokens must not leak to other sites; our own forms may know where they came from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask) -> None:
    """Installs the headers and the refusal of writes that another site sends."""
    secure = bool(app.config["SESSION_COOKIE_SECURE"])

    @app.before_request
    def refuse_other_sites() -> None:
        # A second lock beside the CSRF token: browsers say themselves where a request comes from.
        if request.method not in _READING and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise Forbidden("This form was sent from another site.")

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers["Content-Security-Policy"] in (FRAME_POLICY, FRAME_POLICY_WITH_PICTURES):
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
