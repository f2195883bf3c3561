"""An office's picture above the masthead (机关标志): read and checked once, kept in the document itself, so that a
report issued years ago is printed with the one it had."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from defusedxml import DTDForbidden, ElementTree

if TYPE_CHECKING:
    from docx.image.image import Image

KINDS: Mapping[str, str] = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
LARGEST = 300_000
"""Bytes: it stands in every document."""
WIDEST = 6.0
"""Times as wide as high, or as high as wide."""
HIGH = 45.0
"""Points on paper: 16 mm of the 35 mm above the masthead."""
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px|pt|mm|cm|in|em)?\s*")


class Logo(msgspec.Struct, frozen=True):
    """A picture: media type, bytes, width over height."""

    kind: str
    data: bytes
    ratio: float

    @property
    def width(self) -> float:
        """Points on paper."""
        return HIGH * self.ratio if self.ratio <= WIDEST / 2 else HIGH * WIDEST / 2

    @property
    def height(self) -> float:
        """Points on paper."""
        return self.width / self.ratio


def logo_text(directory: Path, name: str) -> str:
    """A file of the data directory as ``data:`` address. ``ValueError`` says what is wrong with it."""
    path = (directory / name).resolve()
    if not (path.is_relative_to(directory.resolve()) and path.is_file()):
        raise ValueError(f"there is no file {name} in the data directory")
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ValueError("use a PNG, JPEG or SVG file")
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{name} has {size} bytes: at most {LARGEST} are possible")
    data = path.read_bytes()
    ratio = _ratio(kind, data, name)
    if not 1 / WIDEST <= ratio <= WIDEST:
        raise ValueError(f"{name} is more than {WIDEST:.0f} times as wide as high, or as high as wide")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def logo_of(text: str) -> Logo | None:
    """The picture of a document, None where it has none."""
    head, _, body = text.partition(";base64,")
    kind = head.removeprefix("data:")
    data = base64.b64decode(body) if kind in KINDS.values() else b""
    return Logo(kind, data, _ratio(kind, data, "logo")) if data else None


def _ratio(kind: str, data: bytes, name: str) -> float:
    if kind == KINDS[".svg"]:
        return _drawn_ratio(data, name)
    image = _image(data) if data else None
    if image is None or image.content_type != kind or not (image.px_width and image.px_height):
        raise ValueError(f"{name} is no {kind.removeprefix('image/').upper()} file")
    return float(image.px_width / image.px_height)


def _image(data: bytes) -> "Image | None":
    from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
    from docx.image.image import Image

    try:
        return Image.from_blob(data)
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):
        return None


def _drawn_ratio(data: bytes, name: str) -> float:
    """Of a drawing that draws and does nothing else: no scripts, nothing from elsewhere."""
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DTDForbidden as problem:
        raise ValueError(f"{name} has a document type: leave it out") from problem
    except ElementTree.ParseError as problem:
        raise ValueError(f"{name} is no SVG file: {problem}") from problem
    if _local(root.tag) != "svg":
        raise ValueError(f"{name} is no SVG file")
    for element in root.iter():
        _refuse_active(element.tag, element.attrib, name)
    box = [float(part) for part in root.get("viewBox", "").replace(",", " ").split()]
    width, height = box[2:] if len(box) == 4 else (_number(root.get(side, "")) for side in ("width", "height"))
    if not (width > 0 and height > 0):
        raise ValueError(f"{name} says neither viewBox nor width and height")
    return width / height


def _refuse_active(tag: object, attributes: Mapping[str, str], name: str) -> None:
    if _local(tag) in ("script", "foreignObject", "image", "style"):
        raise ValueError(f"{name} has an element {_local(tag)}: shapes and texts are possible")
    for key, value in attributes.items():
        if _local(key).startswith("on") or (_local(key) == "href" and not value.startswith("#")):
            raise ValueError(f"{name} has an attribute {_local(key)}: shapes and texts are possible")


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _number(text: str) -> float:
    found = _NUMBER.fullmatch(text)
    return float(found.group(1)) if found else 0.0
