"""Configuration and command line of ``parity``: sides, environments, expected differences."""

from __future__ import annotations

import contextlib
import datetime
from pathlib import Path

import pytest

from depcheck.config import CommandLine, ParityCommandLine, load_parity_settings, load_settings
from depcheck.config.sides import parse_side
from depcheck.errors import ConfigurationError, DepcheckError, UsageError
from depcheck.model.parity import EnvironmentSettings, Named

FULL = """\
[tool.depcheck]
insecure-registries = ["reg.example:5000"]
platform = "linux/arm64"
fail-on = "error"

[tool.depcheck.environments.staging]
services.web = "docker:shop:staging"
services.worker.replicas = ["container:shop-worker-1", "container:shop-worker-2"]
[tool.depcheck.environments.staging.services.cron]
image = "oci:build/cron:staging"
[tool.depcheck.environments.production]
compose = "deploy/compose.yaml"
kubernetes = ["k8s/web.yaml", "./k8s/../k8s/worker.yaml"]
project = "shop"
via = "registry"

[[tool.depcheck.expected]]
rule = "image-environment"
name = "env.LOG_*"
side = "right"
value = "debug*"
service = "web"
reason = "watched"
owner = "platform"
expires = 2027-01-31

[[tool.depcheck.expected]]
rule = "distribution-*"
reason = "later"
expires = "2027-02-01"
"""
SIDES = ("docker:a:1", "docker:a:2")
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "deep").mkdir()
    return root


def load(start: Path, config: str | None = None, *, sides=SIDES, today=TODAY, **given):
    overrides = ParityCommandLine(left=sides[0], right=sides[1], **given)
    path = Path(config) if config else None
    return load_parity_settings(start=start, config=path, overrides=overrides, today=today)


def faults(project: Path, text: str) -> ConfigurationError:
    (project / "depcheck.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(project)
    assert caught.value.message.isprintable() or "\n" in caught.value.message
    return caught.value


class TestFile:
    def test_environments(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(project / "deep", sides=("staging", "production"))
        assert (settings.root, settings.config_path) == (project, project / "pyproject.toml")
        staging, production = settings.left, settings.right
        assert isinstance(staging, EnvironmentSettings)
        assert [service.name for service in staging.services] == ["web", "worker", "cron"]
        assert [list(map(str, service.replicas)) for service in staging.services] == [
            ["docker:shop:staging"],
            ["container:shop-worker-1", "container:shop-worker-2"],
            ["oci:build/cron:staging"],
        ]
        assert staging.services[2].replicas[0].value == f"{project / 'build' / 'cron'}:staging"
        assert [str(service.replicas[0].origin) for service in staging.services] == [
            "pyproject.toml:7",
            "pyproject.toml:8",
            "pyproject.toml:10",
        ]
        assert (staging.via, str(staging.origin)) == ("docker", "pyproject.toml:6")
        assert production == EnvironmentSettings(
            name="production",
            compose=("deploy/compose.yaml",),
            kubernetes=("k8s/web.yaml", "k8s/worker.yaml"),
            project="shop",
            via="registry",
            origin=production.origin,
        )

    def test_replicas_as_a_list(self, project):
        (project / "depcheck.toml").write_text(
            '[environments.a]\nservices.web = [\n"container:a",\n"container:b"]\n'
        )
        (web,) = load(project, sides=("a", "docker:b")).left.services
        assert list(map(str, web.replicas)) == ["container:a", "container:b"]
        assert [str(replica.origin) for replica in web.replicas] == ["depcheck.toml:2"] * 2

    def test_the_policy_and_the_rest(self, project):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(project)
        first, second = settings.expected
        assert (first.rule, first.name, first.side, first.value, first.service) == (
            "image-environment",
            "env.LOG_*",
            "right",
            "debug*",
            "web",
        )
        assert (first.reason, first.owner, first.expires) == (
            "watched",
            "platform",
            datetime.date(2027, 1, 31),
        )
        assert (second.side, second.value, second.owner) == ("any", None, "")
        assert second.expires == datetime.date(2027, 2, 1)
        assert [str(entry.origin) for entry in settings.expected] == [
            "pyproject.toml:17",
            "pyproject.toml:27",
        ]
        assert second.origin.text == 'rule = "distribution-*"'
        assert settings.insecure_registries == ("reg.example:5000",)
        assert (settings.platform, settings.fail_on) == ("linux/arm64", "error")

    def test_nothing_configured(self, project):
        settings = load(project / "deep")
        assert (settings.root, settings.config_path) == (project, None)
        assert (settings.expected, settings.fail_on, settings.platform) == ((), "warning", None)
        assert settings.today == TODAY
        assert load(project, today=None).today == datetime.date.today()

    def test_a_platform_that_no_image_has_is_left_to_check(self, project):
        (project / "depcheck.toml").write_text('platform = "win_amd64"\n')
        assert load(project).platform is None

    def test_check_takes_no_notice(self, project):
        (project / "pyproject.toml").write_text(
            f'{FULL}\n[tool.depcheck.components]\nweb = "web.txt"\n'
        )
        settings = load_settings(start=project, config=None, overrides=CommandLine())
        assert [component.name for component in settings.components] == ["web"]
        (project / "pyproject.toml").write_text("[tool.depcheck.environments.x]\nvia = 3\n")
        with pytest.raises(UsageError, match="no component"):
            load_settings(start=project, config=None, overrides=CommandLine())


class TestFaults:
    @pytest.mark.parametrize(
        ("text", "message", "hint"),
        [
            ("insecure-registries = 'x'", ":1: insecure-registries: must be a list of texts", ""),
            (
                "insecure-registries = [\n'a',\n'https://reg.example/'\n]",
                ':3: insecure-registries: "https://reg.example/" is not a host',
                "reg.example:5000",
            ),
            ("environments = 3", ":1: environments: must be a table", ""),
            ("environments.x = 3", ":1: environments.x: must be a table", ""),
            ("[environments.x]", ":1: environments.x: has no services", "services.web ="),
            ("[environments.'a b']\nproject='x'", "an environment is named with letters", ""),
            ("[environments.x]\nservices.'a b' = 'docker:x'", "a service is named with", ""),
            (
                "[environments.x]\nproject='a'\ncompos = 'x'",
                ":3: environments.x.compos: is not a",
                '"compose"',
            ),
            (
                "[environments.x]\nproject='a'\nvia = 'regstry'",
                ":3: environments.x.via: ",
                '"regis',
            ),
            (
                "[environments.x]\nproject='a'\ncompose = ['a.yaml', 1]",
                ":3: environments.x.compose: must be a text or a list of texts",
                "",
            ),
            (
                "[environments.x]\ncompose = '../../etc/passwd'",
                ':2: environments.x.compose: "../../etc/passwd" leads out of the project',
                "",
            ),
            ("[environments.x]\nkubernetes = ['/etc/passwd']", "leads out of the project", ""),
            (
                "[environments.x]\nproject='a'\ncompose = ['']",
                "environments.x.compose: is empty",
                "",
            ),
            ("[environments.x.services]\nweb = 'lock:../x.toml'", "leads out of the project", ""),
            (
                "[environments.x.services]\nweb = 'shop:staging'",
                ':2: environments.x.services.web: "shop:staging" names no side',
                "docker:shop:staging or registry:shop:staging",
            ),
            ("[environments.x.services]\nweb = 'dcker:s'", "names no side", '"docker:s"'),
            ("[environments.x.services]\nweb = 'docker:'", "says nothing after", "docker:shop"),
            (
                "[environments.x.services]\nweb = 3",
                ":2: environments.x.services.web: must be a t",
                "",
            ),
            (
                "[environments.x.services.web]\n",
                ":1: environments.x.services.web: has no image",
                "",
            ),
            (
                "[environments.x.services.web]\nimage='docker:a'\nreplicas=['docker:b']",
                ":1: environments.x.services.web: has both an image and replicas",
                "keep one",
            ),
            (
                "[environments.x.services.web]\nreplicas=[\n'docker:a',\n'b'\n]",
                ':4: environments.x.services.web.replicas: "b" names no side',
                "name an image docker:b or registry:b",
            ),
            ("environments.x.services.web = []", ":1: environments.x.services.web: has no im", ""),
            ("environments.x.services.web = ['b']", '"b" names no side', "docker:b"),
            (
                "[environments.x]\nproject='a'\n[environments.x]\nproject='b'",
                ":3: this is not valid TOML: [environments.x] stands here for the second time",
                "",
            ),
            ("expected = 3", ":1: expected: must be a list of tables", ""),
            ("[expected]\nrule='x'", ":1: expected: must be a list of tables", ""),
            ("[[expected]]\nname='x'", ":1: expected: has no reason", "reason ="),
            ("[[expected]]\nname='x'\nreason=' '", ":1: expected: has no reason", "reason ="),
            ("[[expected]]\nname='x'\nreason=1", ":3: expected.reason: must be a text", ""),
            ("[[expected]]\nreason='x'", ":1: expected: matches every difference", "rule ="),
            (
                "[[expected]]\nname='x'\nreason='y'\nside='rigth'\nvalue='z'",
                ":4: expected.s",
                "right",
            ),
            (
                "[[expected]]\nname='x'\nreason='y'\nside='left'",
                ":4: expected.side: says no",
                "value",
            ),
            (
                "[[expected]]\nrule='image-enviroment'\nreason='y'",
                ':2: expected.rule: "image-enviroment" matches no rule',
                '"image-environment"',
            ),
            (
                "[[expected]]\nname='x'\nreason='y'\nexpires='soon'",
                ":4: expected.expires: must be a date such as 2027-01-31",
                "",
            ),
            (
                "[[expected]]\nname='x'\nreason='y'\nexpires=2027-01-31T10:00:00Z",
                ":4: expected.expires: must be a date",
                "",
            ),
            ("[[expected]]\nname='x'\nreason='y'\nowners='z'", ":4: expected.owners: ", '"owner"'),
        ],
    )
    def test_faults(self, project, text, message, hint):
        error = faults(project, text)
        assert error.message.startswith("depcheck.toml:")
        assert message in error.message
        assert hint in error.hint
        assert error.exit_status == 2

    def test_all_at_once(self, project):
        error = faults(
            project,
            "insecure-registries = ['a/b']\n"
            "[[expected]]\nname = 'a'\nreason = 'b'\n"
            "[environments.x]\nvia = 'x'\n"
            "[[expected]]\nnme = 'a'\nreason = 'b'\n",
        )
        assert [line.split(": ")[:2] for line in error.message.splitlines()] == [
            ["depcheck.toml:1", "insecure-registries"],
            ["depcheck.toml:5", "environments.x"],
            ["depcheck.toml:6", "environments.x.via"],
            ["depcheck.toml:7", "expected"],
            ["depcheck.toml:8", "expected.nme"],
        ]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("# one\n[[ expected ]] # two\nname='a'\nreason='b'\n\n[[expected]]\nnme='a'\n", 7),
            (
                '[[expected]]\nname="""\n[[expected]]\nnme=1\n"""\nreason="b"\n[[expected]]\nnme=1\n',
                8,
            ),
            ("expected = [\n {name='a', reason='b'},\n {\n  nme='a'}\n]".replace("{\n  ", "{ "), 3),
            ("[[expected]]\r\nname='a'\r\nreason='b'\r\n[[expected]]\r\nnme='a'\r\n", 5),
            ("[[expected]]\nname='a'\nreason='b'\n[components]\n[[expected]]\n'nm\\e'=1\n", 6),
        ],
    )
    def test_the_line_of_the_second_entry(self, project, text, line):
        (project / "depcheck.toml").write_bytes(text.encode())
        with pytest.raises(ConfigurationError) as caught:
            load(project)
        assert f"depcheck.toml:{line}: expected.nm" in caught.value.message

    def test_every_error_is_one_of_ours(self, project):
        odd = ("''", "'a'", "1", "1.5", "true", "[]", "['x']", "{}", "{x = 1}", "[{}]", "[[1]]")
        keys = (
            "insecure-registries",
            "environments",
            "environments.x",
            "environments.x.services",
            "environments.x.services.web",
            "environments.x.services.web.replicas",
            "environments.x.compose",
            "environments.x.via",
            "expected",
        )
        for key in keys:
            for value in odd:
                (project / "depcheck.toml").write_text(f"{key} = {value}\n")
                with contextlib.suppress(DepcheckError):
                    load(project)
        for key in ("rule", "name", "side", "value", "service", "reason", "owner", "expires"):
            for value in odd:
                (project / "depcheck.toml").write_text(f"[[expected]]\n{key} = {value}\n")
                with pytest.raises(DepcheckError):
                    load(project)


ENVIRONMENTS = {name: EnvironmentSettings(name=name) for name in ("staging", "production")}


class TestSides:
    @pytest.mark.parametrize(
        ("text", "kind", "value"),
        [
            ("docker:shop:staging", "docker", "shop:staging"),
            ("container:shop-web-1", "container", "shop-web-1"),
            (
                "registry:reg.example:5000/shop@sha256:ab",
                "registry",
                "reg.example:5000/shop@sha256:ab",
            ),
            ("oci:build/image:staging", "oci", "{here}/build/image:staging"),
            ("archive:../shop.tar:shop:1", "archive", "{above}/shop.tar:shop:1"),
            ("archive:/srv/shop.tar", "archive", "/srv/shop.tar"),
            ("env:venv", "env", "{here}/venv"),
            ("lock:pylock.toml", "lock", "{here}/pylock.toml"),
            ("sbom:~/shop.json", "sbom", "{home}/shop.json"),
        ],
    )
    def test_kinds(self, project, text, kind, value):
        value = value.format(here=project, above=project.parent, home=Path.home())
        side = parse_side(text, project, ENVIRONMENTS)
        assert isinstance(side, Named)
        assert (side.kind, side.value, str(side)) == (kind, value, text)

    def test_an_environment(self, project):
        assert parse_side("staging", project, ENVIRONMENTS).name == "staging"

    @pytest.mark.parametrize(
        ("text", "message", "hint"),
        [
            ("stagin", '"stagin" names no side', 'did you mean "staging"?'),
            ("dokcer:shop", '"dokcer:shop" names no side', 'did you mean "docker:shop"?'),
            ("docker-archive:x.tar", "names no side", 'did you mean "archive:x.tar"?'),
            ("shop:1.0", "names no side", "docker:shop:1.0 or registry:shop:1.0"),
            ("reg.example/shop", "names no side", "registry:reg.example/shop"),
            ("shop", "names no side", "environments are staging, production; else say what it is"),
            ("", '"" names no side', "environments are"),
            ("docker:", "says nothing after the colon", "write it like docker:shop:staging"),
            ("lock: ", "says nothing after the colon", "lock:pylock.toml"),
            ("shop.tar", "names no side", "name it archive:shop.tar"),
            ("image", "names no side", "name it oci:image"),
            ("venv", "names no side", "name it oci:venv or env:venv"),
            ("pylock.toml", "names no side", "name it lock:pylock.toml"),
            ("shop.json", "names no side", "name it sbom:shop.json"),
            ("blob", "names no side", "archive:blob or lock:blob"),
            ("a\0b", "names no side", "environments are"),
            ("\x1b[31m\n::error::x", '"\\x1b[31m\\n::error::x" names no side', "docker:"),
        ],
    )
    def test_what_names_no_side(self, project, text, message, hint):
        (project / "image").mkdir()
        (project / "image" / "index.json").write_text("{}")
        (project / "venv").mkdir()
        for name in ("shop.tar", "pylock.toml", "shop.json", "blob"):
            (project / name).write_text("")
        with pytest.raises(UsageError) as caught:
            parse_side(text, project, ENVIRONMENTS)
        assert message in caught.value.message
        assert hint in caught.value.hint
        assert (caught.value.message + caught.value.hint).isprintable()

    def test_without_environments(self, project):
        with pytest.raises(UsageError) as caught:
            load(project, sides=("staging", "production"))
        assert "no environment is configured" in caught.value.hint


class TestCommandLine:
    def test_it_beats_or_joins_the_file(self, project, tmp_path):
        (project / "pyproject.toml").write_text(FULL)
        settings = load(
            project / "deep",
            platform="linux/amd64",
            files=True,
            show_values=True,
            rollback=True,
            insecure_registries=("other.example", "reg.example:5000"),
            cache_dir=tmp_path,
            no_cache=True,
            fail_on="never",
        )
        assert (settings.platform, settings.fail_on) == ("linux/amd64", "never")
        assert (settings.files, settings.show_values, settings.rollback) == (True, True, True)
        assert settings.insecure_registries == ("reg.example:5000", "other.example")
        assert (settings.cache_dir, settings.no_cache) == (tmp_path, True)

    @pytest.mark.parametrize(
        ("given", "message", "hint"),
        [
            ({"fail_on": "warn"}, '--fail-on "warn" does not exist', '"warning"'),
            ({"platform": "amd64"}, '--platform "amd64" is not a platform', "linux/amd64"),
            ({"platform": "linux/\x1b"}, '--platform "linux/\\x1b"', "linux/amd64"),
            ({"insecure_registries": ("http://r",)}, '"http://r" is not a host', "reg.example"),
        ],
    )
    def test_what_makes_no_sense(self, project, given, message, hint):
        with pytest.raises(UsageError) as caught:
            load(project, **given)
        assert message in caught.value.message
        assert hint in caught.value.hint
