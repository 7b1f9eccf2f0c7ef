"""Browser files from memory: hashed addresses, compressed once, answered with 304 when known."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.web.answer import Answer, AnyRequest

ROOT = Path(__file__).parents[2] / "static"
FOREVER = "public, max-age=31536000, immutable"
STYLE = "onhand.css"  # all of static/css, joined in the order of its layers


@dataclass(frozen=True)
class Asset:
    content_type: str
    etag: str
    plain: bytes
    gzipped: bytes


def _asset(name: str, content: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    etag = hashlib.sha256(content).hexdigest()[:16]
    return Asset(kind, f'"{etag}"', content, gzip.compress(content, 9, mtime=0))


def _style() -> bytes:
    css = ROOT / "css"
    first = [css / f"{name}.css" for name in ("layers", "tokens", "base", "layout")]
    files = [*first, *sorted((css / "components").glob("*.css")), css / "utilities.css"]
    return b"".join(file.read_bytes() for file in files)


def _read() -> dict[str, Asset]:
    files = (file for file in sorted(ROOT.rglob("*")) if file.is_file() and file.suffix != ".css")
    assets = {
        name: _asset(name, file.read_bytes())
        for file in files
        if (name := file.relative_to(ROOT).as_posix())
    }
    return {**assets, STYLE: _asset(STYLE, _style())}


_assets = _read()


def url(name: str) -> str:
    """The address of a browser file, which changes with its content. KeyError for a missing one."""
    return f"/static/{name}?v={_assets[name].etag.strip(chr(34))}"


@get("/static/{name:path}", sync_to_thread=False)
def static(request: AnyRequest, name: FromPath[str]) -> Answer:
    asset = _assets.get(str(name).lstrip("/"))
    if asset is None:
        raise NotFoundException
    headers = {
        "etag": asset.etag,
        "vary": "Accept-Encoding",
        "cache-control": FOREVER if "v" in request.query_params else "no-cache",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Answer(status=304, headers=headers, media_type=asset.content_type)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Answer(asset.gzipped, headers=headers, media_type=asset.content_type)
    return Answer(asset.plain, headers=headers, media_type=asset.content_type)
