"""Style, script and icons: each one file, named by its content and kept by browsers for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from helpdesk.web.icons import sprite

_STATIC = Path(__file__).resolve().parent.parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"

# Order matters: later styles rely on earlier ones.
_STYLES = ("tokens", "base", "layout", "parts", "queue", "ticket", "rules", "public")
_SCRIPTS = ("toast", "keys", "composer", "dialog", "preview", "disclosure", "macros", "again")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent: plain and compressed, with the name that changes when it does."""

    name: str
    content_type: str
    plain: bytes
    packed: bytes
    digest: str


def register(app: Flask) -> None:
    """Builds the files once and serves them below /assets/."""
    assets = {asset.name: asset for asset in _build()}

    def serve(digest: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            abort(404)
        packed = request.accept_encodings.quality("gzip") > 0
        response = Response(asset.packed if packed else asset.plain, content_type=asset.content_type)
        response.headers["Cache-Control"] = _A_YEAR if digest == asset.digest else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        return response

    def address(name: str) -> str:
        return url_for("assets", digest=assets[name].digest, name=name)

    app.add_url_rule("/assets/<digest>/<name>", "assets", serve, methods=["GET"])
    app.add_url_rule("/favicon.ico", "favicon", lambda: serve("", "favicon.svg"), methods=["GET"])
    app.jinja_env.globals["asset"] = address


@cache  # the files do not change while the process lives, however many applications it makes
def _build() -> tuple[Asset, ...]:
    return (
        _asset("app.css", "text/css; charset=utf-8", _squeezed(_joined("css", _STYLES, "css"))),
        _asset("app.js", "text/javascript; charset=utf-8", _scoped(_SCRIPTS)),
        _asset("icons.svg", "image/svg+xml", sprite()),
        _asset("favicon.svg", "image/svg+xml", (_STATIC / "icons" / "favicon.svg").read_text("utf-8")),
    )


def _asset(name: str, content_type: str, text: str) -> Asset:
    plain = text.encode()
    packed = gzip.compress(plain, 9, mtime=0)
    return Asset(name, content_type, plain, packed, hashlib.sha256(plain).hexdigest()[:12])


def _joined(folder: str, names: tuple[str, ...], ending: str) -> str:
    return "\n".join((_STATIC / folder / f"{name}.{ending}").read_text("utf-8") for name in names)


def _squeezed(css: str) -> str:
    """Without comments and indentation; nothing cleverer, so that nothing can break."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def _scoped(names: tuple[str, ...]) -> str:
    """One module: each file in a block of its own, so that their names cannot meet."""
    texts = ((_STATIC / "js" / f"{name}.js").read_text("utf-8") for name in names)
    return "\n".join(f"{{\n{text}\n}}" for text in texts)
