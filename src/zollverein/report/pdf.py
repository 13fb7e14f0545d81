"""A page on paper: the same HTML as PDF, laid out by WeasyPrint with the print rules of ``page.css.j2``.

Nothing is fetched: a page may use what it holds as ``data:`` and nothing else.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from zollverein.errors import DataError, MissingExtra
from zollverein.files import write_bytes, write_text

#: Largest page in characters; a report of the packaged world has two million.
LONGEST = 20_000_000
_EXTRA = "pip install 'zollverein[pdf]'"


def require_pdf() -> None:
    """Make sure that a PDF can be written, before the work that it is about.

    Raises:
        MissingExtra: If WeasyPrint is not installed, or the libraries that it needs are not.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it misses
            import weasyprint  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtra(
            f"A PDF needs WeasyPrint, which is not installed. Fix: {_EXTRA}; or print report.html from a "
            "browser."
        ) from None
    except OSError as error:
        raise MissingExtra(
            f"A PDF needs Pango, which WeasyPrint cannot load ({str(error).splitlines()[0]}). Fix, on Debian "
            "and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; or print "
            "report.html from a browser."
        ) from error


def as_pdf(page: str) -> bytes:
    """A page as PDF with bookmarks and tags for screen readers; the same page gives the same bytes.

    Args:
        page: The HTML text; at most ``LONGEST`` characters.

    Raises:
        MissingExtra: As for ``require_pdf``.
        DataError: If the page is too long or asks for anything that it does not hold itself.
    """
    require_pdf()
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    if len(page) > LONGEST:
        raise DataError(
            f"The page has {len(page):,} characters; a PDF is made of at most {LONGEST:,}. Fix: keep the "
            "HTML, or a scenario with fewer measures."
        )
    try:
        return bytes(
            weasyprint.HTML(string=page, url_fetcher=_inside()).write_pdf(pdf_tags=True) or b""
        )
    except FatalURLFetchingError as error:
        raise DataError(str(error)) from None


def write_pdf(page: str | Path, path: str | Path | None = None) -> Path:
    """Write the PDF of an HTML file that this package wrote.

    Args:
        page: The HTML file.
        path: The PDF; the same name with ``.pdf`` if omitted.

    Returns:
        The file written.

    Raises:
        MissingExtra: As for ``require_pdf``.
        DataError: If a file cannot be read or written, or as for ``as_pdf``.
    """
    source = Path(page)
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"Cannot read the page '{source}': {error}.") from error
    return write_bytes(as_pdf(text), source.with_suffix(".pdf") if path is None else path)


def require_for(path: str | Path) -> None:
    """Make sure, before the work, that ``write_page`` can write a file of this name.

    Raises:
        MissingExtra: As for ``require_pdf``.
    """
    if _is_pdf(path):
        require_pdf()


def check_page(path: str | Path) -> None:
    """Make sure, before the work, that a page may have this name and can be made.

    Raises:
        DataError: If the name ends neither in ``.html`` nor in ``.pdf``.
        MissingExtra: As for ``require_pdf``.
    """
    if Path(path).suffix.lower() not in (".html", ".htm", ".pdf"):
        raise DataError(f"Cannot write a page to '{path}': its name must end in .html or .pdf.")
    require_for(path)


def write_page(page: str, path: str | Path) -> Path:
    """Write a page as HTML, or as PDF where the file's name ends so.

    Raises:
        MissingExtra: As for ``require_pdf``.
        DataError: If the file cannot be written.
    """
    return write_bytes(as_pdf(page), path) if _is_pdf(path) else write_text(page, path)


def _is_pdf(path: str | Path) -> bool:
    return Path(path).suffix.lower() == ".pdf"


def _inside() -> object:
    """Gives WeasyPrint what stands in the page as ``data:``, and ends its work at any other address."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Inside(URLFetcher):  # type: ignore[misc]  # it has no types
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if not url.lower().startswith("data:"):
                raise FatalURLFetchingError(
                    f"The page asks for '{url[:80]}'. A PDF is made without any network or file: only what "
                    "the page holds as data: may be used."
                )
            return super().fetch(url, headers)

    return Inside(allowed_protocols=("data",), allow_redirects=False)
