"""Foreign bytes: files always as a download, mail as HTML only for a sandboxed frame."""

import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote

from flask import Response
from werkzeug.datastructures import Headers

from helpdesk.web.security import FILE_POLICY, FRAME_POLICY, FRAME_POLICY_WITH_PICTURES

# What browsers may be told; anything else is just bytes.
_HARMLESS = frozenset(
    {
        "application/pdf",
        "application/zip",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "message/rfc822",
        "text/csv",
        "text/plain",
    }
)
#: Inline pictures that a mail may show, and how large all of them together may be.
INLINE_TYPES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
INLINE_BYTES = 2_000_000

# Characters that turn the direction of text make "exe.pdf" of "fdp.exe"; controls break headers.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\]")
_CID = re.compile(r"""(\ssrc=)(["'])cid:([^"'<>\s]{1,250})\2""", re.IGNORECASE)


def download(content: bytes, filename: str, content_type: str) -> Response:
    """The bytes to be saved, never shown: attachment, nosniff, and a sandbox should a browser show it."""
    kind = content_type.partition(";")[0].strip().lower()
    headers = Headers()
    headers.set("Content-Disposition", "attachment", **_names(filename))
    headers.set("Content-Security-Policy", FILE_POLICY)
    response = Response(content, headers=headers)
    # Without a charset: the bytes are theirs, and so is their encoding.
    response.headers["Content-Type"] = kind if kind in _HARMLESS else "application/octet-stream"
    return response


def safe_filename(filename: str) -> str:
    """The sender's name for a file without paths, controls and tricks; never empty."""
    name = _UNSAFE.sub("_", filename.rpartition("/")[2].rpartition("\\")[2]).strip(" .")
    return name[-150:] or "file"


def mail_frame(
    html: str, pictures: Mapping[str, tuple[str, bytes]], *, remote_allowed: bool = False
) -> Response:
    """A page for the sandboxed frame: sanitised HTML, its own pictures inside, nothing from elsewhere.

    `pictures` are the inline pictures of the same message by content id. They stand in the page itself,
    because the frame has no origin and no cookie to fetch them with. With `remote_allowed` the browser may
    also load pictures over https, without telling from where.
    """

    def inside(match: re.Match[str]) -> str:
        picture = pictures.get(match[3])
        if picture is None:
            return f"{match[1]}{match[2]}{match[2]}"
        kind, content = picture
        return f"{match[1]}{match[2]}data:{kind};base64,{b64encode(content).decode()}{match[2]}"

    page = (
        '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">'
        '<meta name="referrer" content="no-referrer"><style>'
        "body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;"
        "overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}"
        f"</style></head><body>{_CID.sub(inside, html)}</body></html>"
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        FRAME_POLICY_WITH_PICTURES if remote_allowed else FRAME_POLICY
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _names(filename: str) -> dict[str, str]:
    """RFC 6266: a plain name for old browsers, and the real one in UTF-8 (RFC 8187)."""
    name = safe_filename(filename)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = "UTF-8''" + quote(name, safe="!#$&+-.^_`|~")
    return names
