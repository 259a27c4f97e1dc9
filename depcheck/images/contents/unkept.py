"""Files that are there and wanted, of which nothing was kept."""

from __future__ import annotations

from depcheck.images.table import Entry
from depcheck.images.view import View
from depcheck.model.requirement import Undetermined
from depcheck.model.text import printable


def unkept(view: View, path: str) -> tuple[Undetermined, ...]:
    """Return what to tell of ``path`` where it is there and gave no content, else nothing."""
    at = view.resolve(path)
    state = view.known(at)
    if not isinstance(state, Entry) or view.content(at) is not None:
        return ()
    reason = view.fault(at) or (
        f"it is a {state.kind}, where a file was expected"
        if state.kind != "file"
        else "it was not kept when its layer was read"
    )
    return (Undetermined(subject=printable(f"/{path}"), reason=reason),)
