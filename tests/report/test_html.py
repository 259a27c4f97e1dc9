"""The page: one file, closed off, with everything in it, and nothing of strangers alive."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from depcheck.report.digest import Context, Digest, Picture, Place
from depcheck.report.html.page import render_html
from depcheck.report.html.parts import address, web_address
from depcheck.report.html.tag import Html, inert, joined, shown, tag
from tests.report import html_samples as samples

DIGESTS = {
    "check": samples.check(),
    "clean": samples.clean(),
    "parity": samples.parity(),
    "two boxes": samples.isolation(2),
    "three boxes": samples.isolation(3),
    "eight boxes": samples.isolation(8),
    "moving": samples.moving(),
}
EVERY = pytest.mark.parametrize("digest", DIGESTS.values(), ids=DIGESTS)
VOID = {"meta", "link", "input"}
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onclick="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "</details></section></body>",
    "</style><style>*{display:none}",
    "</script><script>alert(1)</script>",
    "<!-- comment",
    "<![CDATA[",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;",
    "]]>`${alert(1)}`",
)
INVISIBLE = (
    "\x1b]8;;https://evil.example\x07link",
    "\x00null",
    "a\nb\r\nc",
    "\u202eevil\u202c",
    "\u2066isolate\u2069",
    "zero\u200bwidth\ufeff",
    "tag\U000e0041",
    "line\u2028\u2029",
    "\ud800lone",
    "filler\u3164\u115f\ufe0f\u00ad",
    "\x9b2J",
)


class Page(HTMLParser):
    """The page as a browser would take it apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.within: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("style", "script", "title"):
            self.within[self._open[-1]] = self.within.get(self._open[-1], "") + data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for element, attributes in self.elements if element == name]


def digest_of(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@EVERY
def test_the_policy_lets_in_only_what_is_in_the_page(digest: Digest) -> None:
    page = Page(render_html(digest))
    policy = [m["content"] for m in page.named("meta") if "http-equiv" in m]
    assert policy == [
        f"default-src 'none'; style-src {digest_of(page.within['style'])}; "
        f"script-src {digest_of(page.within['script'])}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    ]
    assert {"name": "referrer", "content": "no-referrer"} in page.named("meta")
    assert len(page.named("style")) == len(page.named("script")) == 1


@EVERY
def test_nothing_is_fetched_or_handled_from_an_attribute(digest: Digest) -> None:
    page = Page(render_html(digest))
    for element, attributes in page.elements:
        assert element not in {"img", "iframe", "object", "embed", "base", "form", "svg"}
        assert not {"style", "src", "srcset", "action"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
        if element == "link":
            assert attributes["href"] == "data:,"
        elif "href" in attributes:
            assert str(attributes["href"]).startswith(("#", "https://git.example/"))
    for loader in ("@import", "url(http", "fetch(", "XMLHttpRequest", "localStorage", "eval("):
        assert loader not in page.within["style"] + page.within["script"]
    assert "innerHTML" not in page.within["script"]


@EVERY
def test_ids_are_there_once_and_every_reference_is_met(digest: Digest) -> None:
    page = Page(render_html(digest))
    ids = [str(a["id"]) for _, a in page.elements if "id" in a]
    assert len(set(ids)) == len(ids)
    wanted = [
        str(a[name]).removeprefix("#")
        for _, a in page.elements
        for name in ("href", "aria-labelledby", "data-copy")
        if name in a and not str(a[name]).startswith(("https:", "data:"))
    ]
    assert wanted
    assert set(wanted) <= set(ids)


@EVERY
def test_headings_form_an_outline(digest: Digest) -> None:
    levels = [int(e[1]) for e, _ in Page(render_html(digest)).elements if re.fullmatch("h[1-6]", e)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@EVERY
def test_the_same_digest_gives_the_same_page(digest: Digest) -> None:
    assert render_html(digest) == render_html(digest)


def test_everything_of_a_digest_is_on_its_page() -> None:
    digest = samples.check()
    text = " ".join(Page(render_html(digest)).text.split())
    told = [
        digest.verdict, digest.summary, *digest.advice, "exit status 1: findings",
        "2 fail the run",
        "shop/web/requirements.txt:8", "every mcp 1.23.0 to 2.3.0 (21 releases)",
        "pydantic>=2.7.4",
        "re-solved: pydantic 2.14.3, mcp 1.19.0", "Compared with main at 89abcdef0123",
        "The base is SHIFTS; with the change it is CONFLICT.",
        "The change alters the configuration; this run used the base's", *BASE_WORDS,
        "celery 5.4.0", "newer is what we want",
        "shift-* of certifi, by platform, until 2027-06-30",
        "a version control URL is never fetched", "shop/web/requirements.txt:12", "harmless",
        "An index page was 3 days old.", "CPython 3.11.7 on linux/amd64",
        "depcheck check --config shop/depcheck.toml --base main", "pyjwt 1.7.1 → 1.8.0",
        "2 GB beside a core of 16 MB", "pyjwt[crypto]>=2.10.1",
    ]  # fmt: skip
    assert [word for word in told if word not in text] == []


BASE_WORDS = (*samples.BASE.altered, *samples.BASE.notes)


def test_a_base_that_could_not_be_analysed_is_said() -> None:
    base = replace(samples.BASE, verdict=None, fault="web/requirements.txt:3: no requirement")
    text = Page(render_html(replace(samples.check(), base=base))).text
    assert "The base could not be analysed" in text
    assert "web/requirements.txt:3: no requirement" in text
    assert "Brought by this change" not in text


def test_failing_findings_with_a_chain_are_unfolded_and_no_others() -> None:
    page = Page(render_html(samples.check()))
    opened = {a["id"]: "open" in a for a in page.named("details") if "data-item" in a}
    assert [key for key, is_open in opened.items() if is_open] == ["finding-1"]
    assert len(opened) == len(samples.check().entries) + 2


def test_a_gap_does_not_fail_and_stays_folded() -> None:
    gap = samples.entry(rule="undetermined", message="could not be checked")
    page = Page(render_html(replace(samples.check(), entries=(gap, samples.entry()), failing=1)))
    opened = {a["id"] for a in page.named("details") if "data-item" in a and "open" in a}
    assert opened == {"finding-2"}


def test_lines_are_linked_where_the_repository_is_known() -> None:
    links = {a["href"] for a in Page(render_html(samples.check())).named("a")}
    start = "https://git.example/shop/blob/0123456789abcdef/"
    assert start + "shop/web/requirements.txt#L8" in links
    assert start + "shop/recommender/requirements.txt#L3-L4" in links
    assert "https://git.example/depcheck/rules.html#conflict-transitive" in links
    alone = Page(render_html(replace(samples.check(), context=Context())))
    assert all(str(a["href"]).startswith("#") for a in alone.named("a"))


@pytest.mark.parametrize(
    ("path", "inside"),
    [("../up", True), ("a/../../b", True), ("/etc/passwd", True), ("a//b", True), ("", True),
     ("./a", True), ("env:/usr/bin/python", False)],
)  # fmt: skip
def test_no_link_leads_out_of_the_repository(path: str, inside: bool) -> None:
    assert address(Place(path=path, line=1, inside=inside), samples.CONTEXT) == ""


def test_a_path_cannot_change_what_a_link_means() -> None:
    place = Place(path='a b/?q#f"<\ud800\u202e', line=3)
    assert address(place, Context(links="https://git.example/")) == (
        "https://git.example/a%20b/%3Fq%23f%22%3C%3F%E2%80%AE#L3"
    )


@pytest.mark.parametrize(
    "links", ["javascript:alert(1)//", "data:text/html,x", "//evil.example/", "file:///etc/",
              "http:x", "https://[", " javascript:x"],
)  # fmt: skip
def test_only_web_addresses_are_linked(links: str) -> None:
    assert web_address(links) == ""
    hostile = replace(samples.check(), context=Context(links=links, docs=links))
    assert all(str(a["href"]).startswith("#") for a in Page(render_html(hostile)).named("a"))


# Hostile text


def poisoned(value: object, poison: str) -> object:
    """Return a value with the poison in each of its texts, words of a fixed set left out."""
    kept = {"job", "tone", "severity", "kind", "status", "verdict", "configuration", "expires",
            "links", "docs"}  # fmt: skip
    if isinstance(value, str):
        return value + poison
    if isinstance(value, tuple):
        return tuple(poisoned(item, poison) for item in value)
    if isinstance(value, dict):
        return {poisoned(k, poison): poisoned(v, poison) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), poison)
            for field in fields(value)
            # Only the picture as text has lines.
            if (
                not (isinstance(value, Picture) and field.name == "text" and "\n" in poison)
                and field.name not in kept
            )
            or (field.name == "verdict" and isinstance(value, Digest))
        }
        return replace(value, **changed)
    return value


def hostile(poison: str) -> Iterator[tuple[Digest, Digest]]:
    for digest in DIGESTS.values():
        changed = poisoned(digest, poison)
        assert isinstance(changed, Digest)
        yield digest, changed


def anatomy(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """The elements and the names of their attributes, without the spans of escapes and links."""
    return [
        (element, tuple(sorted(attributes)))
        for element, attributes in page.elements
        if attributes.get("class") != "esc"
    ]


@pytest.mark.parametrize("poison", MARKUP)
def test_markup_in_any_text_makes_no_element_and_no_attribute(poison: str) -> None:
    for clean, dirty in hostile(poison):
        # A harmless word of the same length and kind has the same effect on the layout.
        plain = poisoned(clean, re.sub(r"[^\s-]", "x", poison))
        assert isinstance(plain, Digest)
        page, mild = Page(render_html(dirty)), Page(render_html(plain))
        assert anatomy(page) == anatomy(mild)
        assert poison in page.text
        assert page.within["script"] == mild.within["script"]
        assert page.within["style"] == mild.within["style"]


@pytest.mark.parametrize("poison", INVISIBLE)
def test_what_does_not_show_is_made_visible_everywhere(poison: str) -> None:
    for _, dirty in hostile(poison):
        page = render_html(dirty)
        own = page.replace(Page(page).within["style"], "").replace(Page(page).within["script"], "")
        for character in poison:
            if not character.isprintable() and character != "\n":
                assert character not in own
        assert "\n".join(poison.splitlines()[:2]) not in Page(page).text
        assert shown(poison) in Page(page).text
        page.encode("utf-8")


def test_secrets_of_addresses_are_hidden() -> None:
    for _, dirty in hostile(" https://user:hunter2@index.example/simple?token=abcdef"):
        page = render_html(dirty)
        assert "hunter2" not in page
        assert "abcdef&" not in page
        assert "token=abcdef" not in page


def test_the_command_to_copy_is_quoted() -> None:
    context = Context(command=("depcheck", "check", "--config", "a b;$(touch x)\n`y`.toml"))
    page = Page(render_html(replace(samples.clean(), context=context)))
    assert r"depcheck check --config 'a b;$(touch x)\n`y`.toml'" in page.text


# The builder


def test_a_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<&>", tag("b", "x"), None, class_="a", open=True, id=None, data_x='"<') == (
        '<p class="a" open data-x="&quot;&lt;">&lt;&amp;&gt;<b>x</b></p>'
    )
    assert joined(["<", Html("<br>")], " & ") == "&lt; &amp; <br>"
    assert inert("a\u202e\\x00") == (
        'a<span class="esc">\\u202e</span><span class="esc">\\x00</span>'
    )
    assert inert("a\\x00") == "a\\x00"


def test_escaping_takes_linear_time() -> None:
    import time

    text = "<\u202e://@&" * 40_000
    begun = time.process_time()
    inert(text)
    assert time.process_time() - begun < 2


def test_a_long_table_is_rendered_at_once() -> None:
    import time

    digest = samples.parity(2_000)
    begun = time.process_time()
    page = render_html(digest)
    assert time.process_time() - begun < 2
    assert page.count("<tr") == 2_001


# The picture


def test_two_boxes_stand_on_both_sides_of_their_wall() -> None:
    page = render_html(samples.check())
    left, wall, right = (page.index(f'class="{name}') for name in ("box core", "between", 'box"'))
    assert left < wall < right
    text = " ".join(Page(page).text.split())
    assert "pyjwt<2pyjwt[crypto]>=2.10.1" in text  # a row of the wall's table
    assert Page(page).text.count("2 GB beside a core of 16 MB") == 1


def test_each_shift_is_an_arrow_from_who_moves_to_what_is_moved() -> None:
    page = render_html(samples.moving())
    assert page.count("flight leftwards") == 3
    assert "flight rightwards" not in page
    assert "recommender moves in web: pyjwt 1.7.1 → 2.15.1" in Page(page).text


def test_a_wall_of_three_has_three_columns() -> None:
    page = Page(render_html(samples.isolation(3)))
    assert "webrecommendersearch" in page.text
    assert "protobuf==0.*protobuf==1.*protobuf==2.*" in page.text


def test_from_four_boxes_on_a_grid_shows_who_is_kept_apart() -> None:
    page = Page(render_html(samples.isolation(8)))
    assert "Who is kept apart from whom" in page.text
    marks = [a for a in page.named("a") if str(a["href"]).startswith("#wall-")]
    # Seven neighbours, the first and the last, and the two that only the wall of three parts.
    assert len(marks) == 9
    assert page.text.count("no wall") == 8 * 7 // 2 - 9
    assert "Who is kept apart" not in Page(render_html(samples.isolation(3))).text


def test_what_is_advised_inside_a_box_is_told_once() -> None:
    picture = samples.PICTURE
    line = replace(picture.lines[2], kind="advice", boxes=("web",))
    alone = replace(picture, boxes=picture.boxes[:1], lines=(line, line))
    text = Page(render_html(replace(samples.clean(), picture=alone))).text
    assert "Advised inside web" in text
    assert text.count("2 GB beside a core of 16 MB") == 1
