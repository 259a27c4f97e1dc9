"""GitHub-flavoured Markdown read by two real parsers, and what GitHub would still link in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist", "tagfilter"]
PARSERS = {
    "cmark": lambda text: cmarkgfm.markdown_to_html_with_extensions(
        text, options=Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES, extensions=EXTENSIONS
    ),
    "markdown-it": MarkdownIt("gfm-like", {"html": True}).render,
}

QUIET = {"code", "pre"}
"""GitHub looks for nothing in these."""

_REFERENCES = re.compile(
    r"@\w|#\d|\bGH-\d|\bGHSA-|\bCVE-|\b[A-Z]+-\d|\b[0-9a-fA-F]{7,}\b|:\w[\w+-]*:|\$|www\.|://|<|\[\^"
)
"""What GitHub makes something of in text, after the Markdown is rendered."""


@dataclass
class Shown(HTMLParser):
    """The elements of a page, its links, and its text, with what stands in code apart."""

    tags: set[str] = field(default_factory=set)
    attributes: set[tuple[str, str, str]] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                self.links.append(value or "")
            else:
                self.attributes.add((tag, name, value or ""))
        if tag == "tr":
            self.cells.append(0)
        elif tag in ("td", "th"):
            self.cells[-1] += 1
        if tag not in ("br", "hr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.every.append(data)
        if not QUIET & set(self.open):
            self.prose.append(data)

    def references(self) -> list[str]:
        return [found for text in self.prose for found in _REFERENCES.findall(text)]


def shown(markdown: str, parser: str) -> Shown:
    page = Shown()
    page.feed(PARSERS[parser](markdown))
    page.close()
    assert not page.open
    return page
