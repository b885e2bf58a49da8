"""Pages for people: templates and files of a folder as responses, with guarding headers."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.model.http import Response

if TYPE_CHECKING:
    import jinja2

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

SELF_ONLY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'"
"""The content security policy of every page, before its frame-ancestors: nothing inline, and
nothing from another host."""


class PageFolder:
    """A folder with the directories `templates` (Jinja2) and `static` (CSS, JavaScript, SVG)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(
        self,
        template: str,
        values: dict[str, Any],
        *,
        status: int = 200,
        framed_by: str = "'none'",
    ) -> Response:
        """Return a page. `framed_by` is the origin of the pages that may show it in a frame."""
        text = _templates(self._folder).get_template(template).render(values)
        policy = f"{SELF_ONLY}; frame-ancestors {framed_by}"
        headers = (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", policy),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        )
        return Response(status, headers, text.encode(errors="replace"))

    def file(self, name: str) -> Response | None:
        """Return a file of `static`; None if there is none with this name."""
        kind = _TYPES.get(Path(name).suffix)
        path = self._folder / "static" / name
        if kind is None or "/" in name or not path.is_file():
            return None
        headers = (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-cache"),
        )
        return Response(200, headers, path.read_bytes())


@cache
def _templates(folder: Path) -> "jinja2.Environment":
    # Imported at the first page: most mocks never show one.
    import jinja2  # noqa: PLC0415

    loader = jinja2.FileSystemLoader(folder / "templates")
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
