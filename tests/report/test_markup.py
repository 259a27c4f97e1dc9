"""Markup made of strangers' text, read by two parsers."""

from __future__ import annotations

import time

import pytest

from depcheck.report.digest import Context, Place
from depcheck.report.escape import plain
from depcheck.report.markdown import markup
from tests.report.digests import CONTEXT, HOSTILE
from tests.report.gfm import PARSERS, shown


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_text_is_shown_as_it_is(kind: str, parser: str) -> None:
    page = shown(markup.text(HOSTILE[kind]), parser)
    assert page.tags <= {"p", "code"}
    assert not page.references()
    expected = squeezed(plain(HOSTILE[kind][: 4 * markup.TEXT]))
    assert squeezed("".join(page.every)).startswith(expected[: markup.TEXT - 50].rstrip("…"))


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_code_is_shown_as_it_is(kind: str, parser: str) -> None:
    page = shown(markup.code(HOSTILE[kind]), parser)
    assert page.tags == {"p", "code"}
    expected = squeezed(plain(HOSTILE[kind][: 4 * markup.CODE]))
    assert squeezed("".join(page.every)).startswith(expected[: markup.CODE - 1])


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_cell_stays_a_cell(kind: str, parser: str) -> None:
    text = HOSTILE[kind]
    rows = [markup.row(["a", "b"]), "| --- | --- |"]
    rows.append(markup.row([markup.text(text), markup.code(text)]))
    page = shown("\n".join(rows), parser)
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert page.cells == [2, 2]
    assert not page.references()


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_block_ends_where_it_should(kind: str, parser: str) -> None:
    text = HOSTILE[kind]
    page = shown(f"{markup.block([text, '- x', text], 'diff')}\n\nafter", parser)
    assert page.tags == {"pre", "code", "p"}
    assert [part for part in page.prose if part.strip()] == ["after"]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_html_is_code(kind: str, parser: str) -> None:
    text = HOSTILE[kind]
    page = shown(
        f"<details>\n<summary>{markup.html_code(text)}</summary>\n\nx\n\n</details>", parser
    )
    assert page.tags == {"details", "summary", "code", "p"}
    assert not page.references()
    assert squeezed(plain(text[:100]))[:90] in squeezed("".join(page.every))


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_the_only_links_are_ours(kind: str, parser: str) -> None:
    place = Place(path=HOSTILE[kind], line=3)
    page = shown(markup.located(CONTEXT, place), parser)
    assert page.tags <= {"p", "a", "code"}
    assert all(link.startswith(CONTEXT.links) for link in page.links)
    assert all(".." not in link.split("/") for link in page.links)


@pytest.mark.parametrize(
    ("data", "markdown"),
    [
        ("web needs pydantic<2, and so on.", "web needs `pydantic<2`, and so on."),
        ("pyjwt 1.7.1 → 2.10.1", "pyjwt 1.7.1 → 2.10.1"),
        ("don't re-solve it (yet)", "don't re-solve it (yet)"),
        ("1. first", "`1`. first"),
        ("in 5 files", "in 5 files"),
        ("20240101 defaced", "`20240101` `defaced`"),
        ("a ``b", "a ``` ``b ```"),
        ("", ""),
    ],
)
def test_prose_stays_prose(data: str, markdown: str) -> None:
    assert markup.text(data) == markdown


@pytest.mark.parametrize(
    ("links", "place", "address"),
    [
        ("https://git.example/b/", Place(path="a b/ü.txt", line=2), "a%20b/%C3%BC.txt#L2"),
        ("https://git.example/b/", Place(path="a.txt", line=2, end=5), "a.txt#L2-L5"),
        ("https://git.example/b/", Place(path="a).txt"), "a%29.txt"),
        ("https://git.example/b/", Place(path="../a.txt"), None),
        ("https://git.example/b/", Place(path="/a.txt"), None),
        ("https://git.example/b/", Place(path="a.txt", inside=False), None),
        ("", Place(path="a.txt"), None),
        ("javascript:alert(1)//", Place(path="a.txt"), None),
        ("https://git.example/b) [x](", Place(path="a.txt"), None),
        ("https://user:hunter2@git.example/", Place(path="a.txt"), None),
    ],
)
def test_addresses(links: str, place: Place, address: str | None) -> None:
    expected = "" if address is None else f"{links}{address}"
    assert markup.address(Context(links=links), place) == expected


def test_it_takes_linear_time() -> None:
    begun = time.process_time()
    for text in ("`" * 1_000_000, "'" * 1_000_000, "a-" * 500_000, "(" * 1_000_000 + "a"):
        markup.text(text)
        markup.code(text)
        markup.block([text])
    assert time.process_time() - begun < 2
