"""Configuration and command line of ``isolate``: how components run, and who wants what."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from depcheck.config import (
    CommandLine,
    IsolationCommandLine,
    ParityCommandLine,
    load_isolation_settings,
    load_parity_settings,
    load_settings,
)
from depcheck.errors import ConfigurationError, DepcheckError, UsageError
from depcheck.model.isolation import Database, Gateway
from depcheck.model.settings import Serving

DIGEST = "sha256:" + "0" * 64
FULL = f"""\
[tool.depcheck]
python = "3.12"
[tool.depcheck.components]
search = "search/requirements.txt"
[tool.depcheck.components.web]
source = "web/pyproject.toml"
role = "core"
container = "shop-web"
trust = "own"
release = "weekly"
gpu = false
python = "3.11"
base = "reg.example:5000/python:3.11-slim@{DIGEST}"
code = "./web/src/"
command = ["gunicorn", "shop.wsgi", "--bind=:8000"]
port = 8000
health = "/healthz?deep=1"
replicas = 3
memory = "1.5g"
cpus = 1.5
pids = 200
start-period = "2m"
stop-grace = 45
secrets = ["db_password"]
networks = ["database", "My_net.1"]
pool = 10
[tool.depcheck.components.Rec-Engine]
source = "rec/requirements.txt"
role = "ai"
gpu = true
memory = "512M"
cpus = 2

[tool.depcheck.isolation]
base = "reg.example/python:{{python}}-slim"
heavy = "1.5GB"
max-containers = 3
folder = "deploy/prod"
together = [
    ["web", "search"],
]
[[tool.depcheck.isolation.apart]]
components = ["web", "rec_engine"]
reason = "model code is  not ours"
[[tool.depcheck.isolation.shares]]
components = ["web", "search"]
reason = "one transaction"
[tool.depcheck.isolation.database]
max-connections = 100
reserved = 0
variable = "POOL"
[tool.depcheck.isolation.gateway]
image = "reg.example/haproxy:3.2"
rate = 50
concurrency = 4
queue = "5s"
timeout = "1m"
errors = 3
pause = 20
"""
THREE = '[components]\nweb = "web.txt"\nsearch = "search.txt"\nrec = "rec.txt"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "deep").mkdir()
    return root


def load(start: Path, config: str | None = None, *, check: CommandLine | None = None, **given):
    return load_isolation_settings(
        start=start,
        config=Path(config) if config else None,
        overrides=IsolationCommandLine(check=check or CommandLine(), **given),
    )


class TestFile:
    def test_how_components_run(self, project):
        (project / "pyproject.toml").write_text(FULL)
        search, web, rec = load(project / "deep").settings.components
        assert (search.serving, search.gpu, search.python) == (Serving(), None, None)
        assert (web.python, web.container, web.trust, web.release, web.gpu) == (
            "3.11",
            "shop-web",
            "own",
            "weekly",
            False,
        )
        assert web.serving == Serving(
            base=f"reg.example:5000/python:3.11-slim@{DIGEST}",
            code="web/src",
            command=("gunicorn", "shop.wsgi", "--bind=:8000"),
            port=8000,
            health="/healthz?deep=1",
            replicas=3,
            memory=3 << 29,
            cpus=1.5,
            pids=200,
            start_period=120,
            stop_grace=45,
            secrets=("db_password",),
            networks=("database", "My_net.1"),
            pool=10,
        )
        assert rec.gpu is True
        assert rec.serving == Serving(memory=512 << 20, cpus=2)

    def test_the_rest(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(project / "deep")
        assert settings.settings.python == "3.12"
        assert settings.base == "reg.example/python:{python}-slim"
        assert (settings.heavy, settings.max_containers) == (1_500_000_000, 3)
        assert settings.folder == project / "deploy" / "prod"
        assert [(w.kind, w.components, w.reason, str(w.origin)) for w in settings.wishes] == [
            ("together", ("web", "search"), "", "pyproject.toml:40"),
            ("apart", ("web", "Rec-Engine"), "model code is not ours", "pyproject.toml:43"),
            ("shares", ("web", "search"), "one transaction", "pyproject.toml:46"),
        ]
        assert settings.wishes[1].origin.text == "apart: web, Rec-Engine"
        assert settings.database == Database(
            max_connections=100, reserved=0, variable="POOL", origin=settings.database.origin
        )
        assert str(settings.database.origin) == "pyproject.toml:49"
        assert settings.gateway == Gateway(
            image="reg.example/haproxy:3.2",
            rate=50,
            concurrency=4,
            queue=5,
            timeout=60,
            errors=3,
            pause=20,
        )
        assert (settings.asked, settings.deny_new, settings.previous) == ((), False, ())

    def test_defaults(self, project):
        (project / "depcheck.toml").write_text(THREE)
        settings = load(project)
        assert (settings.wishes, settings.max_containers, settings.folder) == ((), None, None)
        assert (settings.database, settings.gateway) == (None, Gateway())
        assert settings.heavy == 10**9

    def test_check_and_parity_go_on_as_before(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load_settings(start=project, config=None, overrides=CommandLine())
        assert [component.name for component in settings.components] == [
            "search",
            "web",
            "Rec-Engine",
        ]
        sides = ParityCommandLine(left="docker:a:1", right="docker:a:2")
        assert load_parity_settings(start=project, config=None, overrides=sides)

    def test_what_only_isolate_asks_for_is_no_fault_elsewhere(self, project):
        (project / "depcheck.toml").write_text(THREE + "[isolation]\ntogether = [['web', 'x']]\n")
        assert load_settings(start=project, config=None, overrides=CommandLine())
        with pytest.raises(ConfigurationError):
            load(project)

    @pytest.mark.parametrize(
        ("written", "seconds"), [("1", 1), ("'1s'", 1), ("'90 s'", 90), ("'1h'", 3600)]
    )
    def test_times(self, project, written, seconds):
        (project / "depcheck.toml").write_text(
            f"[components.a]\nsource = 'a'\nstop-grace = {written}\n"
        )
        assert load(project).settings.components[0].serving.stop_grace == seconds

    @pytest.mark.parametrize(
        ("written", "size"),
        [("1kB", 1000), ("500MB", 5 * 10**8), ("0.5 gb", 5 * 10**8), ("2GiB", 2 << 30)],
    )
    def test_sizes_of_files(self, project, written, size):
        (project / "depcheck.toml").write_text(f"components.a = 'a'\nisolation.heavy='{written}'\n")
        assert load(project).heavy == size

    @pytest.mark.parametrize(
        ("line", "message", "hint"),
        [
            ("python = 3.1", "web.python: must be a text", "in quotes"),
            ("python = 'pypy'", 'web.python: "pypy" is not a version', '"3.12"'),
            ("trust = ''", "web.trust: must be a word", ""),
            ('release = "a\\nb"', "web.release: must be a word", ""),
            ("gpu = 'yes'", "web.gpu: must be true or false", ""),
            ("gpus = 1", "web.gpus: is not a key", '"gpu"'),
            ("start_period = 1", "web.start_period: is not a key", '"start-period"'),
            ("base = 'Python:3'", 'web.base: "Python:3" is no image', "@sha256:"),
            ('base = "a\\nRUN x"', 'web.base: "a\\nRUN x" is no image', ""),
            ("base = 'a@sha256:12'", "is no image", ""),
            ("base = 'a:{version}'", "is no image", ""),
            ("code = '../x'", 'web.code: "../x" leads out of the project', "below"),
            ("code = '/srv'", 'web.code: "/srv" leads out', "below"),
            ("code = ''", "web.code: is empty", ""),
            ('code = "a\\nb"', 'web.code: "a\\nb" leads out', ""),
            ("command = 'a \"b c\"'", "web.command: must be a list", 'write ["a", "b c"]'),
            ("command = 'a \"b'", "web.command: must be a list", 'write ["a", "\\"b"]'),
            ("command = ['a', 1]", "web.command: must be a list of texts", ""),
            ('command = ["a\\nb"]', "web.command: holds a line break", ""),
            ("port = 0", "web.port: must be a port, 1 to 65535", ""),
            ("port = 65536", "web.port: must be a port", ""),
            ("port = '80'", "web.port: must be a port", ""),
            ("health = 'healthz'", 'web.health: "healthz" is no path', '"/healthz"'),
            ('health = "/a b"', "is no path", ""),
            ('health = "/\\r\\nx"', "is no path", ""),
            ("replicas = 0", "web.replicas: must be a whole number above 0", ""),
            ("replicas = true", "web.replicas: must be a whole number above 0", ""),
            ("memory = 512", 'web.memory: must be a size such as "512m"', ""),
            ("memory = '2'", "web.memory: must be a size", ""),
            ("memory = '6143k'", "web.memory: is below 6m", ""),
            ("networks = 'x'", "web.networks: must be a list of texts", ""),
            ("networks = ['a b']", 'web.networks: "a b" is no name of a network', ""),
            ("networks = ['host']", 'web.networks: "host" is the engine\'s own', "network create"),
            ("memory = '0g'", "web.memory: must be a size", ""),
            ("memory = '-2g'", "web.memory: must be a size", ""),
            ("cpus = 0.0", "web.cpus: must be a number above 0", ""),
            ("cpus = inf", "web.cpus: must be a number above 0", ""),
            ("cpus = nan", "web.cpus: must be a number above 0", ""),
            ("cpus = '1'", "web.cpus: must be a number above 0", "without quotes"),
            ("pids = -1", "web.pids: must be a whole number above 0", ""),
            ("start-period = '1d'", "web.start-period: must be a time", ""),
            ("stop-grace = 0", "web.stop-grace: must be a time", ""),
            ("stop-grace = '0s'", "web.stop-grace: must be a time", ""),
            ("secrets = 'x'", "web.secrets: must be a list of texts", ""),
            ("secrets = ['a b']", "web.secrets: names a secret with more", "names only"),
            ("pool = 0", "web.pool: must be a whole number above 0", ""),
            ("pool = 1000000", "web.pool: must be at most 100000", ""),
            ("replicas = 1001", "web.replicas: must be at most 1000", ""),
            ("memory = '100t'", "web.memory: must be at most 64t", ""),
            ("cpus = 1e300", "web.cpus: must be at most 4096", ""),
            ("pids = 10000000", "web.pids: must be at most 4194304", ""),
            ("start-period = '25h'", "web.start-period: must be at most 24h", ""),
            ("stop-grace = 86401", "web.stop-grace: must be at most 24h", ""),
        ],
    )
    def test_faults_of_a_component(self, project, line, message, hint):
        (project / "depcheck.toml").write_text(f"[components.web]\nsource = 'x'\n{line}\n")
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert caught.value.message.startswith("depcheck.toml:3: components.")
        assert message in caught.value.message
        assert hint in caught.value.hint
        assert caught.value.message.isprintable()

    def test_what_may_be_a_secret_is_not_shown(self, project):
        (project / "depcheck.toml").write_text(
            "[components.web]\nsource = 'x'\nsecrets = ['hunter2!']\n"
        )
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert "hunter2" not in caught.value.message + caught.value.hint

    @pytest.mark.parametrize(
        ("line", "message", "hint"),
        [
            ("isolation = 1", ":1: isolation: must be a table", ""),
            ("isolation.max_containers = 1", ": is not a key", '"max-containers"'),
            ("isolation.max-containers = 0", ": must be a whole number above 0", ""),
            ("isolation.base = 'A'", ':1: isolation.base: "A" is no image', ""),
            ("isolation.base = '{version}'", "is no image", ""),
            ("isolation.heavy = '1g'", ': must be a size such as "500MB"', ""),
            ("isolation.heavy = 1", ": must be a size", ""),
            ("isolation.folder = '..'", ':1: isolation.folder: ".." leads out', "below"),
            ("isolation.together = 'x'", ":1: isolation.together: must be a list", ""),
            ("isolation.together = ['web', 'rec']", ": must be a list of comp", '[["a", "b"]]'),
            ("isolation.together = [1]", "isolation.together: must be a table", ""),
            ("isolation.together = [['web', 1]]", "components: must be a list of texts", ""),
            ("isolation.together = [[]]", ": names no component", 'write ["a", "b"]'),
            ("isolation.together = [['web']]", ": names one component", 'write ["a", "b"]'),
            ("isolation.apart = [['web', 'Web']]", ': "Web" stands there twice', ""),
            ("isolation.apart = [['web', 'reco']]", ': "reco" is no component', '"rec"'),
            ("isolation.apart = [['web', 'zzz']]", ': "zzz" is no component', "components are"),
            ("isolation.shares = [{reason = 'x'}]", ": names no components", "components ="),
            ("isolation.shares = [{reson = 'x'}]", ": is not a key", ""),
            ("isolation.database = 1", ":1: isolation.database: must be a table", ""),
            ("isolation.database = {}", ": has no max-connections", "max-connections = 100"),
            ("isolation.database.max-connections = 3", ": reserves every connection", "below"),
            ("isolation.database = {max-connections=9,reserved=-1}", ": must be a whole", ""),
            (
                "isolation.database = {max-connections=9,variable='A=B'}",
                ":1: isolation.database.variable: is no name of an environment",
                "",
            ),
            ("isolation.gateway.rate = 0", "gateway.rate: must be a whole number above 0", ""),
            ("isolation.gateway.timeout = 'x'", "gateway.timeout: must be a time", ""),
            ("isolation.gateway.image = ''", 'gateway.image: "" is no image', ""),
            (f"isolation.gateway.rate = {10**18}", "gateway.rate: must be at most 1000000", ""),
            ("isolation.gateway.concurrency = 10001", "concurrency: must be at most 10000", ""),
            ("isolation.gateway.timeout = '400h'", "gateway.timeout: must be at most 24h", ""),
            ("isolation.gateway.queue = 3601", "gateway.queue: must be at most 1h", ""),
            ("isolation.gateway.errors = 10001", "gateway.errors: must be at most 10000", ""),
            ("isolation.gateway.pause = '2h'", "gateway.pause: must be at most 1h", ""),
            (f"isolation.database.max-connections = {10**7}", ": must be at most 1000000", ""),
            ("isolation.gateway.que = 1", "gateway.que: is not a key", '"queue"'),
        ],
    )
    def test_faults_of_isolation(self, project, line, message, hint):
        (project / "depcheck.toml").write_text(f"{line}\n{THREE}")
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert caught.value.message.startswith("depcheck.toml:1: isolation")
        assert message in caught.value.message
        assert hint in caught.value.message + caught.value.hint
        assert "\n" in caught.value.message or caught.value.message.isprintable()

    def test_all_faults_at_once_in_the_order_of_lines(self, project):
        (project / "depcheck.toml").write_text(
            "[isolation]\nheavy = 1\ntogether = [\n  ['web', 'x'],\n  ['web'],\n]\n"
            "[components.web]\nsource = 'x'\nport = 0\n"
        )
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        lines = caught.value.message.splitlines()
        assert [line.split(":")[1] for line in lines] == ["2", "4", "5", "9"]


class TestContradictions:
    def test_in_the_file(self, project):
        (project / "depcheck.toml").write_text(
            f"{THREE}[isolation]\ntogether = [['web', 'rec']]\n"
            "[[isolation.apart]]\ncomponents = ['rec', 'search', 'web']\n"
        )
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert caught.value.message == (
            "depcheck.toml:8: apart: rec,search,web keeps rec and web apart, and "
            "depcheck.toml:6: together: web,rec keeps them together"
        )

    def test_through_others(self, project):
        (project / "depcheck.toml").write_text(
            f"{THREE}[isolation]\ntogether = [['web', 'search'],\n['search', 'rec']]\n"
            "apart = [['web', 'rec']]\n"
        )
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert (
            "depcheck.toml:6: together: web,search and depcheck.toml:7: together: search,rec"
            in (caught.value.message)
        )

    def test_of_the_file_and_an_option(self, project):
        (project / "depcheck.toml").write_text(f"isolation.apart = [['web', 'rec']]\n{THREE}")
        with pytest.raises(ConfigurationError) as caught:
            load(project, together=("rec,web",))
        assert caught.value.message == (
            "depcheck.toml:1: apart: web,rec keeps web and rec apart, "
            "and --together rec,web keeps them together"
        )

    def test_of_two_options(self, project):
        (project / "depcheck.toml").write_text(THREE)
        with pytest.raises(UsageError) as caught:
            load(project, together=("rec,web",), apart=("web,rec",))
        assert "--apart web,rec" in caught.value.message
        assert "--together rec,web" in caught.value.message

    def test_wishes_that_only_touch_are_none(self, project):
        (project / "depcheck.toml").write_text(THREE)
        settings = load(project, together=("web,search",), apart=("web,rec", "search,rec"))
        assert [str(wish) for wish in settings.asked] == [
            "--together web,search",
            "--apart web,rec",
            "--apart search,rec",
        ]


class TestCommandLine:
    def test_options_beat_the_file(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(
            project / "deep",
            together=("Web, search",),
            max_containers=2,
            deny_new=True,
            folder=Path("out"),
        )
        assert [wish.components for wish in settings.asked] == [("web", "search")]
        assert (settings.max_containers, settings.deny_new) == (2, True)
        assert settings.folder == project / "deep" / "out"
        assert len(settings.wishes) == 3

    def test_components_replace_the_configured_ones_whole(self, project):
        (project / "pyproject.toml").write_text(FULL)
        named = (("web", "core", "web.txt"), ("search", "other", "search.txt"))
        settings = load(project, check=CommandLine(components=named))
        assert [(c.trust, c.serving) for c in settings.settings.components] == [
            (None, Serving())
        ] * 2
        assert [(wish.kind, wish.components) for wish in settings.wishes] == [
            ("together", ("web", "search")),
            ("shares", ("web", "search")),
        ]

    def test_without_a_file(self, project):
        named = (("web", "core", "web.txt"), ("rec", "ai", "rec.txt"))
        settings = load(project, check=CommandLine(components=named), apart=("web,rec",))
        assert settings.settings.root == project
        assert settings.asked[0].origin is None

    @pytest.mark.parametrize(
        ("given", "message", "hint"),
        [
            ({"max_containers": 0}, "--max-containers must be above 0", ""),
            ({"together": ("web,reco",)}, '--together "web,reco": "reco" is no', '"rec"'),
            ({"apart": ("web,zzz",)}, '--apart "web,zzz": "zzz" is no', "components are web"),
            ({"apart": ("web",)}, '--apart "web" names one component', "--apart web,search"),
            ({"apart": (" , ",)}, "names no component", "--apart web,search"),
            ({"together": ("web,WEB",)}, '"WEB" stands there twice', ""),
            ({"together": ("web,\x1b",)}, '"\\x1b" is no component', ""),
            ({"check": CommandLine(fail_on="warn")}, '--fail-on "warn"', '"warning"'),
        ],
    )
    def test_what_makes_no_sense(self, project, given, message, hint):
        (project / "depcheck.toml").write_text(THREE)
        with pytest.raises(UsageError) as caught:
            load(project, **given)
        assert message in caught.value.message
        assert hint in caught.value.hint

    def test_nothing_to_divide(self, project):
        with pytest.raises(UsageError) as caught:
            load(project)
        assert caught.value.message == "no component to divide"
        assert "depcheck isolate --core" in caught.value.hint


def test_every_error_is_one_of_ours(project):
    """A configuration of odd but valid TOML never ends in anything but a DepcheckError."""
    odd = ["''", "'a'", "0", "1", "1.5", "true", "[]", "['x']", "[['x']]", "{}", "{x = 1}", "[{}]"]
    tops = ("base", "heavy", "max-containers", "folder", "together", "shares", "database")
    tops += ("gateway", "database.max-connections", "gateway.image", "together.components")
    own = ("python", "trust", "gpu", "base", "code", "command", "port", "health", "memory")
    own += ("cpus", "start-period", "secrets", "pool")
    keys = [f"isolation.{key}" for key in tops] + [f"components.web.{key}" for key in own]
    for key in keys:
        for value in odd:
            (project / "depcheck.toml").write_text(
                f"components.web.source = 'x'\n{key} = {value}\n"
            )
            with contextlib.suppress(DepcheckError):
                load(project)
