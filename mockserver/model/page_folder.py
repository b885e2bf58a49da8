"""Pages for browsers, made from templates, and the files that they load."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.model.http import Response

if TYPE_CHECKING:
    import jinja2

_FILE_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

_SELF_ONLY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'"
"""The content security policy of every page, without its frame-ancestors.

It allows nothing inline, and nothing from another host.
"""


class PageFolder:
    """Pages for browsers, from a folder with `templates` (Jinja2) and `static` (CSS, JS, SVG)."""

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
        """Return a page for a browser.

        Args:
            template: The name of the template.
            values: The values that the template uses, by name.
            status: The HTTP status.
            framed_by: The origin of the pages that may show this page in a frame.
        """
        text = _templates(self._folder).get_template(template).render(values)
        policy = f"{_SELF_ONLY}; frame-ancestors {framed_by}"
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
        kind = _FILE_TYPES.get(Path(name).suffix)
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
