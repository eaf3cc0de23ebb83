"""The icons we use, from the lucide package, as one sprite; a name that is not listed fails at the start."""

from importlib import resources
from zipfile import ZipFile

import lucide
from flask import Flask
from markupsafe import Markup

from helpdesk.web.icon_names import NAMES


def register(app: Flask) -> None:
    """Gives templates `icon("inbox")`; the icon says nothing to screen readers, words do."""
    asset = app.jinja_env.globals["asset"]
    assert callable(asset)

    def icon(name: str, css: str = "") -> Markup:
        if name not in NAMES:
            raise LookupError(f"the icon {name} is not in the sprite")
        return Markup(  # noqa: S704  name is from our list, the address from our own route
            f'<svg class="icon {css}" aria-hidden="true"><use href="{asset("icons.svg")}#{name}"/></svg>'
        )

    app.jinja_env.globals["icon"] = icon


def sprite() -> str:
    """One SVG document with a symbol for each icon."""
    with resources.files(lucide).joinpath("lucide.zip").open("rb") as file, ZipFile(file) as archive:
        symbols = [_symbol(name, archive.read(f"{name}.svg").decode()) for name in sorted(NAMES)]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


def _symbol(name: str, svg: str) -> str:
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>'
