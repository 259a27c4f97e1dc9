"""``pyproject.toml``: PEP 621, PEP 735, setuptools' dynamic files and uv's sources."""

from __future__ import annotations

import pytest

PROJECT = """\
[project]
name = "My.Shop"
requires-python = ">=3.10" # for match
dependencies = ["a>=1", 'b<2', # both here
   "c",   # c, "not me"
   "c",
   '''d>1''',
]
[project.optional-dependencies]
All = ["my-shop[One,two]", "z"]
one = ["e; python_version<'4' or sys_platform=='win32'"]
two = ["f"]
ring = ["my-shop[ring]", "g"]
marked = ["my_shop[one]; os_name == 'posix'"]
broken = ["my-shop[tow]"]

[dependency-groups]
Dev = ["pytest", {include-group = "lint"}]
lint = [
  "ruff",
]
ring = [{include-group = "pong"}]
pong = [{include-group = "ring"}]
"""


def found(component):
    return [(r.origin.line, str(r)) for r in component.requirements]


BASE = [(4, "a>=1"), (4, "b<2"), (5, "c"), (6, "c"), (7, "d>1")]
E = 'python_version < "4" or sys_platform == "win32"'


@pytest.mark.parametrize(
    ("extras", "groups", "more"),
    [
        ((), (), []),
        (("all",), (), [(11, f"e ; {E}"), (12, "f"), (10, "z")]),
        (("ring",), (), [(13, "g")]),
        (("marked",), (), [(11, f'e ; ({E}) and os_name == "posix"')]),
        ((), ("dev",), [(18, "pytest"), (20, "ruff")]),
        (("two",), ("LINT",), [(12, "f"), (20, "ruff")]),
    ],
)
def test_dependencies_extras_and_groups(read, extras, groups, more):
    component = read({"pyproject.toml": PROJECT}, extras=extras, groups=groups)
    assert found(component) == BASE + more
    assert component.requires_python.specifier == ">=3.10"
    assert str(component.requires_python.origin) == "pyproject.toml:3"
    assert component.requires_python.origin.text == 'requires-python = ">=3.10"'


@pytest.mark.parametrize(
    ("chosen", "message", "hint"),
    [
        ({"extras": ("onee",)}, 'pyproject.toml:9: there is no extra "onee"', '"one"'),
        ({"extras": ("qqqq",)}, 'there is no extra "qqqq"', "known are All, one"),
        ({"extras": ("broken",)}, 'pyproject.toml:15: there is no extra "tow"', '"two"'),
        ({"groups": ("devv",)}, 'there is no group "devv"', '"dev"'),
        ({"groups": ("ring",)}, "pyproject.toml:23: groups include each other: ring -> pong", ""),
    ],
)
def test_what_cannot_be_chosen(fault, chosen, message, hint):
    error = fault({"pyproject.toml": PROJECT}, **chosen)
    assert message in error.message
    assert hint.lower() in error.hint.lower()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[project]\nx = ", "p.toml:2: this is not valid TOML: Invalid value"),
        ("[project]\nx = '", "p.toml:2: this is not valid TOML"),
        ("x = " + "[" * 5000, "p.toml: this is not usable TOML: nested too deeply"),
        ("[tool.x]\ny = 1", "p.toml: it declares no dependencies"),
        ("[project]\nname = 'x'\ndependencies = 'a'", "p.toml:3: project.dependencies must be a"),
        ("[project]\nname = 'x'\ndependencies = ['a', 1]", "p.toml:3: project.dependencies must"),
        ("[project]\nname='x'\nrequires-python = '3'", 'p.toml:3: requires-python "3" is not'),
        ("[project]\nname='x'\nrequires-python = 3", 'p.toml:3: requires-python "3" is not'),
        ("project = 3", "p.toml:1: project must be a table"),
        ("[project]\ndependencies = [\n'a',\n'b=1',\n]", 'p.toml:4: "b=1" is not a requirement'),
        ('[project]\ndependencies = ["a\\u001b=1"]', "\\x1b"),
    ],
)
def test_faults(fault, text, message):
    error = fault({"p.toml": text})
    assert message in error.message
    assert "\x1b" not in error.message


def test_all_faults_at_once(fault):
    error = fault({"p.toml": "[project]\nrequires-python='x'\ndependencies=['a=1',\n'b c']"})
    assert [line.partition(": ")[0] for line in error.message.splitlines()] == [
        "p.toml:2",
        "p.toml:3",
        "p.toml:4",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[dependency-groups]\ng = 'a'", "p.toml:2: the group g must be a list"),
        ("[dependency-groups]\ng = [{include='a'}]", "p.toml:2: an item of a group is"),
        ("[dependency-groups]\ng = [\n3]", "p.toml:3: an item of a group is"),
        ("[dependency-groups]\ng-g = []\nG_G = []", "p.toml:3: g-g and G_G are one group's"),
    ],
)
def test_faults_in_groups(fault, text, message):
    assert message in fault({"p.toml": text}, groups=(text.split()[1],)).message


def test_groups_need_no_project_table(read):
    component = read({"p.toml": "[dependency-groups]\ng = ['a']"}, groups=("g",))
    assert found(component) == [(2, "a")]


def test_urls_are_undetermined(read):
    text = "[project]\ndependencies = ['a @ https://u:s3cret@index.example/a.whl']"
    (only,) = read({"pyproject.toml": text}).undetermined
    assert only.subject == "a @ https://***@index.example/a.whl"
    assert only.origin.line == 2


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{ git = 'https://index.example/a' }", "a git repository"),
        ("{ workspace = true }", "the workspace"),
        ("[{ path = '../a', marker = 'x' }]", "a path"),
    ],
)
def test_uv_sources_are_undetermined(read, source, reason):
    text = f"[project]\ndependencies = ['My_a>1', 'b']\n[tool.uv.sources]\nmy-a = {source}\n"
    component = read({"pyproject.toml": text + "b = { index = 'own' }"})
    assert [r.name for r in component.requirements] == ["b"]
    assert reason in component.undetermined[0].reason
    assert component.undetermined[0].subject == "My_a>1"


def test_dynamic_dependencies_of_setuptools_are_read(read):
    component = read(
        {
            "web/pyproject.toml": "[project]\ndynamic = ['dependencies', 'optional-dependencies']\n"
            "[tool.setuptools.dynamic]\ndependencies = {file = ['req.txt']}\n"
            "optional-dependencies.x = {file = 'x.txt'}",
            "web/req.txt": "\na",
            "web/x.txt": "b",
        },
        extras=("x",),
    )
    assert [str(r.origin) for r in component.requirements] == ["web/req.txt:2", "web/x.txt:1"]


def test_other_dynamic_dependencies_are_undetermined(read):
    component = read({"pyproject.toml": "[project]\ndynamic = [\n'dependencies']"})
    (only,) = component.undetermined
    assert (only.subject, only.origin.line, only.harmless) == ("dependencies", 2, False)


def test_dynamic_files_stay_inside_the_root(fault):
    text = (
        "[project]\ndynamic=['dependencies']\n"
        "[tool.setuptools.dynamic]\ndependencies={file='../../x.txt'}"
    )
    assert "outside the project root" in fault({"pyproject.toml": text}).message


UV_LOCK = (
    'version = 1\n[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n'
    'dependencies = [{ name = "a" }]\n[[package]]\nname = "a"\nversion = "1.5"\n'
)
PYLOCK = (
    'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1.7"\n'
    'wheels = [{ name = "a-1.7-py3-none-any.whl", url = "https://index.example/a.whl", '
    'hashes = { sha256 = "ab" } }]\n'
)
SHOP = "[project]\nname='shop'\ndependencies=['a']\n"


def test_a_lock_beside_it_is_the_baseline(read):
    component = read({"web/pyproject.toml": SHOP, "web/uv.lock": UV_LOCK})
    assert [(p.name, p.version, str(p.origin)) for p in component.baseline] == [
        ("a", "1.5", "web/uv.lock:7")
    ]
    assert [str(r) for r in component.requirements] == ["a"]


def test_two_locks_beside_it_are_no_baseline(read):
    component = read({"pyproject.toml": SHOP, "uv.lock": UV_LOCK, "pylock.toml": PYLOCK})
    assert component.baseline == ()
    assert component.undetermined[0].harmless
    assert "--lock web=" in component.undetermined[0].hint


def test_a_named_lock_wins(read):
    files = {"pyproject.toml": SHOP, "uv.lock": UV_LOCK, "pylock.toml": PYLOCK}
    assert [p.version for p in read(files, lock="pylock.toml").baseline] == ["1.7"]


def test_another_file_name_is_no_matter(read):
    assert found(read({"x.toml": SHOP, "uv.lock": UV_LOCK})) == [(3, "a")]


def test_what_only_uv_follows_is_noted(read):
    text = SHOP + "[tool.uv]\noverride-dependencies = ['b<2']\n"
    (only,) = read({"pyproject.toml": text}).undetermined
    assert (only.subject, only.harmless, only.origin.line) == ("override-dependencies", True, 5)


def test_a_statement_over_several_lines_has_an_end(read):
    text = (
        '[project]\nrequires-python = """>=3.10,\\\n<4"""\ndependencies = [\n'
        '"""a>=1; \\\n  os_name == "posix" """,\n"b",\n]\n'
    )
    component = read({"pyproject.toml": text})
    assert [(r.origin.line, r.origin.end) for r in component.requirements] == [(5, 6), (7, None)]
    assert (component.requires_python.origin.line, component.requires_python.origin.end) == (2, 3)


def test_a_list_over_several_lines_has_an_end(read):
    text = '[project]\ndependencies = ["a"]\n[tool.uv]\nconstraint-dependencies = [\n  "b",\n]\n'
    (noted,) = read({"pyproject.toml": text}).undetermined
    assert (noted.origin.line, noted.origin.end) == (4, 6)
