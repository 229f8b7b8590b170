"""Pictures: an uploaded photo made safe and small, and the folder that holds them."""

import io
import secrets
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import Invalid, refuse

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600


def decoded(body: bytes) -> bytes:
    """The photo as a JPEG of at most 1600 pixels, turned upright and without what the camera noted (place, time, owner).

    Raises Invalid: ``photo-missing``, ``file-too-large``, ``not-a-photo``, ``photo-too-large``.
    """
    if not body:
        raise refuse(Invalid, "photo-missing", "photo")
    if len(body) > MOST_BYTES:
        raise refuse(Invalid, "file-too-large", "photo", len(body), most=MOST_BYTES)
    try:
        picture = Image.open(io.BytesIO(body), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise refuse(Invalid, "photo-too-large", "photo", f"{picture.width} x {picture.height}", most=MOST_PIXELS // 1_000_000)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError:
        raise refuse(Invalid, "photo-too-large", "photo", most=MOST_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise refuse(Invalid, "not-a-photo", "photo", known=FORMATS) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def store(folder: Path, body: bytes, suffix: str = ".jpg") -> str:
    """Put a decoded picture, or another file that was looked into, into the folder under a name of its own, which it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_hex(12)}{suffix}"
    (folder / name).write_bytes(body)
    return name


def discard(folder: Path, name: str) -> None:
    """Delete a file that no row names any more."""
    (folder / name).unlink(missing_ok=True)
