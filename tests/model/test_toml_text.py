"""Positions in TOML, against documents whose lines are known."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depcheck.errors import SourceError
from depcheck.model.toml_text import parse_toml

TEXT = '''\
# [[not]] a = 1
top = "a" # b = 2
dotted.key."quoted key" = 1
[table."x.y" . z]
list = [ # "no", [
  "one", 'two', """thr
ee""", "one",
  [1, 2,
   {a = "x", b = ["y",
     "z"]}], # ]
]
"escaped \\"key" = \'\'\'
[[fake]]
\'\'\'
date = 1979-05-27 07:32:00
[[many]]
name = "first"
[many.sub]
k = 1
[[many.deep]]
k = 2
[[many.deep]]
k = 3
[[many]]
name = """quotes at the end"""""
[[many.deep]]
k = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("dotted",), 3),
        (("dotted", "key", "quoted key"), 3),
        (("table", "x.y", "z"), 4),
        (("table", "x.y", "z", "list"), 5),
        (("table", "x.y", "z", "list", 0), 6),
        (("table", "x.y", "z", "list", 1), 6),
        (("table", "x.y", "z", "list", 2), 6),
        (("table", "x.y", "z", "list", 3), 7),
        (("table", "x.y", "z", "list", 4), 8),
        (("table", "x.y", "z", "list", 4, 2), 9),
        (("table", "x.y", "z", "list", 4, 2, "b", 0), 9),
        (("table", "x.y", "z", "list", 4, 2, "b", 1), 10),
        (("table", "x.y", "z", 'escaped "key'), 12),
        (("table", "x.y", "z", "date"), 15),
        (("many", 0), 16),
        (("many", 0, "name"), 17),
        (("many", 0, "sub", "k"), 19),
        (("many", 0, "deep", 0, "k"), 21),
        (("many", 0, "deep", 1, "k"), 23),
        (("many", 1, "name"), 25),
        (("many", 1, "deep", 0, "k"), 27),
        (("many", 1, "absent"), 24),
        (("table",), 4),
        (("many",), 16),
        (("absent",), None),
    ],
)
def test_lines(path, line):
    assert parse_toml(TEXT, where="x", error=SourceError).line(*path) == line


def test_headers():
    document = parse_toml(TEXT, where="x", error=SourceError)
    assert document.header_lines("many") == [16, 24]
    assert document.header_lines("absent") == []
    tricky = parse_toml("a = '''\n[[p]]\n'''\n[[p]]\n[[ p ]]\n", where="x", error=SourceError)
    assert tricky.header_lines("p") == [4, 5]


def test_what_is_written():
    document = parse_toml(TEXT, where="x", error=SourceError)
    assert document.written("top") == 'top = "a"'
    assert document.written("table", "x.y", "z", "list", 1) == "'two'"


class _Writer:
    """Writes random TOML and notes on which line each value begins."""

    def __init__(self, draw):
        self.draw = draw
        self.text = ""
        self.lines = {}

    def line(self):
        return self.text.count("\n") + 1

    def space(self):
        self.text += self.draw(st.sampled_from(["", " ", "\n", " # ]}\"'\n  ", "\n\n\t"]))

    def value(self, path, depth):
        self.lines.setdefault(path, self.line())
        kind = self.draw(st.sampled_from(["scalar"] * 3 + ["array", "table"] * (depth < 3)))
        if kind == "scalar":
            self.text += self.draw(
                st.sampled_from(
                    [
                        '"a\\"]"',
                        "'b\\'",
                        '"""c\n"d\n"""',
                        "'''e\n''f'''",
                        "1",
                        "true",
                        "1.5e3",
                        "2020-01-01",
                        "inf",
                        '""',
                        "''",
                        '"""\\""" """',
                        "''''g''''",
                    ]
                )
            )
        elif kind == "array":
            self.array(path, depth)
        else:
            self.table(path, depth)

    def array(self, path, depth):
        self.text += "["
        count = self.draw(st.integers(0, 3))
        for index in range(count):
            self.space()
            self.value((*path, index), depth + 1)
            self.space()
            self.text += "," if index + 1 < count or self.draw(st.booleans()) else ""
        self.space()
        self.text += "]"

    def table(self, path, depth):
        self.text += "{ "
        for index in range(count := self.draw(st.integers(0, 2))):
            self.pair(path, f"k{index}", depth)
            self.text += ", " if index + 1 < count else ""
        self.text += " }"

    def pair(self, path, key, depth):
        self.lines[(*path, key)] = self.line()
        self.text += self.draw(st.sampled_from([key, f'"{key}"', f"'{key}'"])) + " = "
        self.value((*path, key), depth + 1)


@st.composite
def _documents(draw):
    writer = _Writer(draw)
    for index in range(draw(st.integers(0, 4))):
        writer.pair((), f"t{index}", 0)
        writer.text += draw(st.sampled_from(["\n", " # x = [\n", "\r\n"]))
    return writer.text, writer.lines


@given(_documents())
def test_every_value_of_a_random_document_has_its_line(document):
    text, lines = document
    tomllib.loads(text)
    parsed = parse_toml(text, where="x", error=SourceError)
    assert {path: parsed.line(*path) for path in lines} == lines
