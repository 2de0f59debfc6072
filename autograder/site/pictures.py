"""A drawing made part of a page: in the page's colours, and without what a strict page does not allow."""

from __future__ import annotations

import re

from markupsafe import Markup

from autograder.pictures.curve import Picture
from autograder.pictures.draw import INK, PAPER, svg

_HEAD = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_NAMESPACE = re.compile(r' xmlns(:\w+)?="[^"]*"')  # HTML knows what svg is
_STYLE = re.compile(r' style="([^"]*)"')
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
_ID = re.compile(r' id="([^"]*)"')


def inline(picture: Picture, prefix: str) -> Markup:
    """The picture as an ``svg`` element.

    Args:
        picture: drawn by ourselves from numbers; a learner's text is not in it.
        prefix: of the names in it, another one for each picture of a page.

    """
    text = _NAMESPACE.sub("", _HEAD.sub("", svg(picture)))
    text = _SIZE.sub(r'\1 role="img" aria-labelledby="' + f'{prefix}-caption"', text, count=1)
    text = _STYLE.sub(lambda found: _attributes(found[1]), text)
    used = {*re.findall(r'#([\w.-]+)[")]', text)}
    text = _ID.sub(lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else "", text)
    text = re.sub(r'(url\(#|href="#)', rf"\1{prefix}-", text).replace("xlink:href", "href")
    text = text.replace(f'"{INK}"', '"currentColor"').replace(f' fill="{PAPER}"', ' class="paper"')
    return Markup(re.sub(r">\s+<", "><", text).strip())  # noqa: S704  # see Args


def _attributes(style: str) -> str:
    """Declarations as attributes: a page's policy allows no style of an element."""
    pairs = [part.split(":", 1) for part in style.split(";") if part.strip()]
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs if name.strip() != "font-family")
