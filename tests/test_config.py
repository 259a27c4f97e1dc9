"""Configuration and command line together."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from depcheck.config import CommandLine, load_settings
from depcheck.errors import ConfigurationError, DepcheckError, UsageError

FULL = """\
[tool.depcheck]
python = "3.12"
platform = "linux/amd64"
index-url = "https://index.example/simple/"
extra-index-urls = ["wheels", "https://index.example/more/"]
exclude-newer = "2026-11-01"
prereleases = true
max-conflicts = 7
fail-on = "error"
[tool.depcheck.components]
search = "search/requirements.txt"
[tool.depcheck.components.web]
source = "web/pyproject.toml"
role = "core"
lock = "web/uv.lock"
extras = ["api"]
groups = ["prod"]
"""
MINIMAL = '[components]\nweb = "web.txt"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "deep" / "er").mkdir(parents=True)
    return root


def load(start: Path, config: str | None = None, **given):
    return load_settings(
        start=start, config=Path(config) if config else None, overrides=CommandLine(**given)
    )


def test_everything_that_a_file_can_say(project):
    (project / "pyproject.toml").write_text(FULL)
    settings = load(project / "deep" / "er")
    assert settings.root == project
    assert settings.config_path == project / "pyproject.toml"
    assert (settings.python, settings.platform) == ("3.12", "linux/amd64")
    assert settings.index.index_url == "https://index.example/simple/"
    assert settings.index.extra_index_urls == (
        str(project / "wheels"),
        "https://index.example/more/",
    )
    assert settings.index.exclude_newer == "2026-11-01"
    assert (settings.prereleases, settings.max_conflicts, settings.fail_on) == (True, 7, "error")
    search, web = settings.components
    assert (search.name, search.role, search.source) == (
        "search",
        "other",
        "search/requirements.txt",
    )
    assert str(search.origin) == "pyproject.toml:11"
    assert (web.name, web.role, web.source, web.lock, web.extras, web.groups) == (
        "web",
        "core",
        "web/pyproject.toml",
        "web/uv.lock",
        ("api",),
        ("prod",),
    )
    assert str(web.origin) == "pyproject.toml:13"


def test_defaults(project):
    (project / "depcheck.toml").write_text(MINIMAL)
    settings = load(project)
    assert (settings.python, settings.platform, settings.index.index_url) == (None, None, None)
    assert (settings.prereleases, settings.max_conflicts, settings.fail_on) == (
        False,
        100,
        "warning",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wheels", "{root}/wheels"),
        ("/srv/wheels", "/srv/wheels"),
        ("~/wheels", "{home}/wheels"),
        ("file:/srv/wheels", "file:/srv/wheels"),
        ("file:///srv/wheels", "file:///srv/wheels"),
    ],
)
def test_the_folder_of_an_index(project, written, meant):
    (project / "depcheck.toml").write_text(f'index-url = "{written}"\n{MINIMAL}')
    meant = meant.format(root=project, home=Path.home())
    assert load(project).index.index_url == meant
    assert load(project, index_url=written, config="depcheck.toml").index.index_url == meant


@pytest.mark.parametrize("newer", ["2026-11-01", "2026-11-01T12:00:00Z"])
def test_a_toml_date_is_a_date(project, newer):
    (project / "depcheck.toml").write_text(f"exclude-newer = {newer}\n{MINIMAL}")
    assert load(project).index.exclude_newer == newer.replace("Z", "+00:00")


def test_depcheck_toml_comes_before_pyproject(project):
    (project / "pyproject.toml").write_text(FULL)
    (project / "depcheck.toml").write_text(MINIMAL)
    assert load(project).config_path == project / "depcheck.toml"


def test_a_pyproject_without_the_table_is_passed_over(project):
    (project / "deep" / "pyproject.toml").write_text("[project]\nname = 'depcheck-user'\n")
    (project / "depcheck.toml").write_text(MINIMAL)
    assert load(project / "deep").config_path == project / "depcheck.toml"


def test_a_broken_pyproject_of_somebody_else_is_passed_over(project):
    (project / "deep" / "pyproject.toml").write_text("[project\n")
    (project / "depcheck.toml").write_text(MINIMAL)
    assert load(project / "deep").root == project


def test_the_search_ends_at_the_repository(project):
    (project.parent / "depcheck.toml").write_text(MINIMAL)
    with pytest.raises(UsageError) as caught:
        load(project / "deep")
    assert "no component" in caught.value.message
    assert "--core" in caught.value.hint


@pytest.mark.parametrize("text", [FULL, MINIMAL])
def test_a_named_file(project, text):
    (project / "deep" / "other.toml").write_text(text)
    settings = load(project, "deep/other.toml")
    assert settings.root == project / "deep"
    assert "web" in [component.name for component in settings.components]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('pyhton = "3.12"', ":1: pyhton: is not a key", '"python"'),
        ("index_url = 'x'", ":1: index_url: is not a key", '"index-url"'),
        ("qqq = 1", ":1: qqq: is not a key", "known keys are"),
        ("python = 3.12", ":1: python: must be a text", "write it in quotes"),
        ("platform = []", ":1: platform: must be a text", ""),
        ("prereleases = 'yes'", ":1: prereleases: must be true or false", ""),
        ("extra-index-urls = 'x'", "must be a list of texts", ""),
        ("extra-index-urls = ['x', 1]", "must be a list of texts", ""),
        ("max-conflicts = 0", "must be a whole number above 0", ""),
        ("max-conflicts = true", "must be a whole number above 0", ""),
        ("exclude-newer = 'yesterday'", "must be a date such as 2026-11-01", ""),
        ("fail-on = 'warnin'", ":1: fail-on: must be one of", '"warning"'),
        ("components = 3", ":1: components: must be a table", ""),
        ("components.web = 3", ":1: components.web: must be a source or a table", ""),
        ("components.web = ''", ":1: components.web: has no source", "source ="),
        ("[components.web]\nrole = 'core'", ":1: components.web: has no source", "source ="),
        ("[components.web]\nsource = 'x'\nrole = 'cor'", ":3: components.web.role: ", '"core"'),
        ("[components.web]\nsource = 'x'\nextra = []", ":3: components.web.extra: ", '"extras"'),
        ("[components.web]\nsource = 1", ":2: components.web.source: must be a text", ""),
        ("[components.\"a\\nb\"]\nsource = 'x'", ":1: components.a\\nb: ", ""),
        ("[components.\"a\\u001bb\"]\nsource = 'x'", ":1: components.a\\x1bb: ", ""),
        ("[components]\na-a = 'x'\nA_a = 'y'", ":3: two components are named", "own name"),
        (
            "[components.a]\nsource='x'\nrole='core'\n[components.b]\nsource='y'\nrole='core'",
            ':5: "a" and "b" are both the core (the other is at depcheck.toml:2)',
            "only one",
        ),
        ("x = ", ":1: this is not valid TOML: ", ""),
    ],
)
def test_faults_of_a_file(project, line, message, hint):
    (project / "depcheck.toml").write_text(line)
    with pytest.raises(ConfigurationError) as caught:
        load(project)
    assert caught.value.message.startswith("depcheck.toml:")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.message.isprintable()


def test_all_faults_at_once_and_named_from_here(project):
    (project / "pyproject.toml").write_text("[tool.depcheck]\npyhton = 1\nfail-on = 1\n")
    with pytest.raises(ConfigurationError) as caught:
        load(project / "deep")
    assert caught.value.message.splitlines() == [
        "../pyproject.toml:2: tool.depcheck.pyhton: is not a key that depcheck knows (did you mean "
        '"python"?)',
        "../pyproject.toml:3: tool.depcheck.fail-on: must be a text",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.toml", None, "absent.toml: no such file"),
        ("deep", None, "deep: is a directory"),
        ("latin.toml", b"a = 1\n# \xe9", "latin.toml:2: not UTF-8"),
        ("pyproject.toml", b"[project]", "pyproject.toml: it has no [tool.depcheck] table"),
    ],
)
def test_files_that_cannot_be_used(project, name, content, message):
    if content is not None:
        (project / name).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load(project, name)
    assert caught.value.message.startswith(message)


PAIR = (("core", "core", "web.txt"), ("ai", "ai", "ai/pyproject.toml"))


class TestCommandLine:
    def test_components_replace_the_configured_ones(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(project / "deep", components=PAIR, python="3.13", fail_on="never")
        assert [(c.name, c.role, c.source) for c in settings.components] == [
            ("core", "core", "deep/web.txt"),
            ("ai", "ai", "deep/ai/pyproject.toml"),
        ]
        assert settings.root == project
        assert (settings.python, settings.platform) == ("3.13", "linux/amd64")
        assert (settings.fail_on, settings.max_conflicts) == ("never", 7)

    def test_each_value_beats_the_file(self, project, tmp_path):
        (project / "pyproject.toml").write_text(FULL)
        given = {
            "platform": "win_amd64",
            "prereleases": False,
            "max_conflicts": 1,
            "index_url": "local",
            "extra_index_urls": (),
            "exclude_newer": "2025-01-01",
            "offline": True,
            "refresh": True,
            "no_cache": True,
            "cache_dir": tmp_path,
        }
        settings = load(project / "deep", **given)
        assert settings.platform == "win_amd64"
        assert (settings.prereleases, settings.max_conflicts) == (False, 1)
        index = settings.index
        assert index.index_url == str(project / "deep" / "local")
        assert (index.extra_index_urls, index.exclude_newer) == ((), "2025-01-01")
        assert (index.offline, index.refresh, index.no_cache) == (True, True, True)
        assert index.cache_dir == tmp_path

    def test_one_component_is_enough(self, project):
        assert len(load(project, components=PAIR[:1]).components) == 1

    def test_the_root_is_the_repository(self, project):
        settings = load(project / "deep", components=(("a", "other", "../x.txt"),))
        assert (settings.root, settings.components[0].source) == (project, "x.txt")

    def test_the_root_is_here_without_a_repository(self, tmp_path):
        settings = load(tmp_path, components=PAIR)
        assert (settings.root, settings.components[0].source) == (tmp_path, "web.txt")

    def test_a_source_outside_widens_the_root(self, project, tmp_path):
        settings = load(project, components=(("a", "other", "../else/x.txt"), *PAIR))
        assert settings.root == tmp_path
        assert [c.source for c in settings.components] == [
            "else/x.txt",
            "project/web.txt",
            "project/ai/pyproject.toml",
        ]

    def test_an_interpreter_is_no_part_of_the_root(self, project):
        settings = load(project, components=(("a", "core", "env:/usr/bin/python3"),))
        assert (settings.root, settings.components[0].source) == (project, "env:/usr/bin/python3")
        settings = load(project / "deep", components=(("a", "core", "env:venv"),))
        assert settings.components[0].source == f"env:{project / 'deep' / 'venv'}"

    def test_locks(self, project):
        settings = load(project / "deep", components=PAIR, locks=(("Core", "web.lock"),))
        assert [c.lock for c in settings.components] == ["deep/web.lock", None]

    def test_locks_of_configured_components(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(project / "deep", locks=(("web", "../other.lock"),))
        assert [c.lock for c in settings.components] == [None, "other.lock"]

    @pytest.mark.parametrize(
        ("given", "message", "hint"),
        [
            ({"exclude_newer": "soon"}, '--exclude-newer "soon" is not a date', "2026-11-01"),
            ({"max_conflicts": 0}, "--max-conflicts must be above 0", ""),
            ({"fail_on": "warn"}, '--fail-on "warn" does not exist', '"warning"'),
            ({"fail_on": "x"}, '--fail-on "x" does not exist', "known are"),
            ({"components": (("", "core", "x"),)}, '"" cannot name a component', "letters"),
            ({"components": (("a\x1b", "core", "x"),)}, '"a\\x1b" cannot name', "letters"),
            ({"components": (("a", "cor", "x"),)}, '"cor" is not a role', '"core"'),
            ({"components": (*PAIR, PAIR[1])}, 'two components are named "ai"', "own name"),
            (
                {"components": (*PAIR, ("x", "core", "y"))},
                '"core" and "x" are both the core',
                "only one",
            ),
            ({"locks": (("a-i", "x"),)}, '--lock names the component "a-i"', '"ai"'),
            ({"locks": (("ai", "x"), ("AI", "y"))}, '--lock is given twice for "AI"', ""),
            ({"components": ()}, "no component to check", "name two"),
        ],
    )
    def test_what_makes_no_sense(self, project, given, message, hint):
        with pytest.raises(UsageError) as caught:
            load(project, **{"components": PAIR, **given})
        assert message in caught.value.message
        assert hint in caught.value.hint
        assert caught.value.exit_status == 2


def test_every_error_is_one_of_ours(project):
    """A configuration of odd but valid TOML never ends in anything but a DepcheckError."""
    odd = ["", "a", 1, 1.5, True, [], ["x"], {}, {"x": 1}, [{}]]
    for key in ("python", "components", "index-url", "exclude-newer", "fail-on", "components.web"):
        for value in odd:
            shown = str(value).lower() if isinstance(value, bool) else str(value).replace(":", " =")
            shown = f"'{value}'" if isinstance(value, str) else shown
            (project / "depcheck.toml").write_text(f"{key} = {shown}\n".replace("'x' =", "x ="))
            with contextlib.suppress(DepcheckError):
                load(project)
