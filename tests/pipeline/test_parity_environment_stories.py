"""Named environments, policies, other kinds of sides, and the way back."""

from __future__ import annotations

import datetime
import json
import sys
import venv as real_venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from depcheck.errors import UsageError
from depcheck.model.parity import EnvironmentSettings, Expected, Named, Service
from tests.pipeline.pairs import CONFIG, compared, everything, image, layout, moved, serious
from tests.support import oci
from tests.support.contents import SITE, distribution
from tests.support.oci import WHITEOUT, Image
from tests.support.registry import Registry, registry_or_skip

PLAIN = image()
OTHER = image(moved("alpha", "1.2.3", "2.0"))
LEVELS = [image(config={**CONFIG, "Env": [*CONFIG["Env"], f"LEVEL={n}"]}) for n in (1, 2)]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry_or_skip(tmp_path_factory.mktemp("registry")) as started:
        yield started


def environment(
    folder: Path, name: str, **services: Image | list[Image] | Named
) -> EnvironmentSettings:
    """An environment whose services are layouts; a list is of replicas."""
    found = []
    for service, what in services.items():
        images = what if isinstance(what, list) else [what]
        replicas = tuple(
            one if isinstance(one, Named) else layout(folder / f"{name}-{service}-{n}", one)
            for n, one in enumerate(images)
        )
        found.append(Service(name=service, replicas=replicas))
    return EnvironmentSettings(name=name, services=tuple(found))


def test_services_are_paired_by_name(tmp_path: Path) -> None:
    staging = environment(tmp_path, "staging", web=PLAIN, worker=PLAIN, mail=PLAIN)
    production = environment(tmp_path, "production", worker=PLAIN, web=OTHER, cron=PLAIN)
    report = compared(tmp_path, staging, production)
    told = {
        (f.rule, f.evidence.service, f.evidence.name)
        for f in report.findings
        if f.severity != "note"
    }
    assert told == {
        ("distribution-major", "web", "alpha"),
        ("service-missing", "mail", "mail"),
        ("service-missing", "cron", "cron"),
    }  # fmt: skip
    missing = {f.evidence.name: f.evidence for f in report.findings if f.rule == "service-missing"}
    assert (missing["mail"].right, missing["cron"].left) == (None, None)
    assert [pair.service for pair in report.pairs] == ["web", "worker", "mail", "cron"]


def test_replicas_of_other_images(tmp_path: Path) -> None:
    staging = environment(tmp_path, "staging", web=[PLAIN, PLAIN])
    production = environment(tmp_path, "production", web=[PLAIN, OTHER, PLAIN])
    for sides, told in (
        ((staging, production), ("1.2.3", "2.0")),
        ((production, staging), ("2.0", "1.2.3")),
    ):
        report = compared(tmp_path, *sides)
        first, major, *rest = report.findings
        assert (first.rule, first.evidence.replica) == ("replica-differs", "")
        assert (major.rule, major.evidence.left, major.evidence.right) == (
            "distribution-major", *told,
        )  # fmt: skip
        assert major.evidence.replica == "production-web-1"
        assert {f.rule for f in rest} <= {"image-layers"}
        assert [(pair.service, pair.replica) for pair in report.pairs] == [
            ("web", ""), ("web", "production-web-1"),
        ]  # fmt: skip


def test_replicas_that_are_no_images_are_compared_each(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("alpha==1\n")
    (tmp_path / "two.txt").write_text("alpha==2\n")
    one, two = (Named(kind="lock", value=str(tmp_path / f"{n}.txt")) for n in ("one", "two"))
    sides = [
        EnvironmentSettings(name=name, services=(Service(name="web", replicas=replicas),))
        for name, replicas in (("staging", (one,)), ("production", (one, one, two)))
    ]
    report = compared(tmp_path, *sides)
    assert [(f.rule, f.evidence.replica) for f in report.findings] == [
        ("distribution-major", str(two))
    ]


def test_a_project_that_cannot_be_listed_lacks_no_service(tmp_path: Path) -> None:
    staging = environment(tmp_path, "staging", web=PLAIN)
    typo = EnvironmentSettings(name="production", project="nosuch")
    for sides in ((staging, typo), (typo, staging)):
        report = compared(tmp_path, *sides, expected=(expected(name="gone"),))
        assert (report.findings, report.verdict) == ((), "undetermined")
        assert [item.subject for item in report.undetermined] == ["the compose project nosuch"]


def test_a_service_whose_image_is_not_told_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    build: .\n")
    staging = environment(tmp_path, "staging", web=PLAIN, cron=PLAIN)
    production = EnvironmentSettings(name="production", compose=("compose.yaml",))
    report = compared(tmp_path, staging, production)
    assert [item.subject for item in report.undetermined] == ["the service web"]
    assert [(f.rule, f.evidence.name) for f in report.findings] == [("service-missing", "cron")]


def test_a_malformed_side_is_wrong_usage_on_the_command_line_alone(tmp_path: Path) -> None:
    it, wrong = layout(tmp_path / "it", PLAIN), Named(kind="registry", value="UPPER/x")
    for sides in ((it, wrong), (wrong, it)):
        with pytest.raises(UsageError, match="lower case"):
            compared(tmp_path, *sides)
    staging = environment(tmp_path, "staging", web=PLAIN)
    report = compared(tmp_path, staging, environment(tmp_path, "production", web=wrong))
    assert [f.rule for f in report.findings] == ["side-unread"]


def test_each_faulty_line_of_a_lock_is_told_by_itself(tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text("a ==\nb==1\n$$$\n")
    lock = Named(kind="lock", value=str(tmp_path / "lock.txt"))
    report = compared(tmp_path, layout(tmp_path / "it", PLAIN), lock)
    assert [item.reason.partition(": ")[0] for item in report.undetermined] == [
        "lock.txt:1", "lock.txt:3",
    ]  # fmt: skip
    (finding,) = report.findings
    assert "(and 1 more)" in finding.message


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("alpha==1.2.3\n", "note"),
        ("alpha==1.2.3\n    # via shop\n", "warning"),
        (f"alpha==1.2.3 --hash=sha256:{'a' * 64}\n", "warning"),
    ],
)
def test_a_lock_of_direct_pins_does_not_speak_of_what_they_bring(
    tmp_path: Path, text: str, severity: str
) -> None:
    (tmp_path / "lock.txt").write_text(text)
    lock = Named(kind="lock", value=str(tmp_path / "lock.txt"))
    report = compared(tmp_path, lock, layout(tmp_path / "it", PLAIN))
    assert {(f.rule, f.evidence.name, f.severity) for f in report.findings} == {
        ("distribution-added", "beta", severity)
    }
    assert ("uv pip compile" in report.findings[0].remedy) == (severity == "note")


def test_one_service_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    gone = Named(kind="oci", value=str(tmp_path / "nowhere"))
    staging = environment(tmp_path, "staging", broken=gone, web=PLAIN, cron=PLAIN)
    production = environment(tmp_path, "production", broken=PLAIN, web=OTHER, cron=PLAIN)
    for sides in ((staging, production), (production, staging)):
        report = compared(tmp_path, *sides)
        assert {f.rule for f in report.findings} >= {"side-unread", "distribution-major"}
        assert len(report.undetermined) == 1
        assert len(report.pairs) == 3


def test_a_replica_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    gone = Named(kind="oci", value=str(tmp_path / "nowhere"))
    staging = environment(tmp_path, "staging", web=PLAIN)
    production = environment(tmp_path, "production", web=[PLAIN, gone])
    report = compared(tmp_path, staging, production)
    assert report.verdict == "undetermined"
    assert [str(tmp_path / "nowhere") in item.subject for item in report.undetermined] == [True]


def test_an_environment_of_one_service_stands_against_an_image(tmp_path: Path) -> None:
    staging = environment(tmp_path, "staging", web=PLAIN)
    report = compared(tmp_path, staging, layout(tmp_path / "it", OTHER))
    assert serious(report) == {("distribution-major", "alpha", "1.2.3", "2.0")}


# Policy


def expected(**what: Any) -> Expected:
    return Expected(**{"reason": "it is meant to differ", **what})


@pytest.mark.parametrize(
    ("entry", "rules", "verdict"),
    [
        (expected(rule="image-environment", name="env.LEVEL"), [], "expected"),
        (expected(name="env.*"), [], "expected"),
        (expected(value="2", side="right"), [], "expected"),
        (expected(value="1", side="right"), ["image-environment", "policy-unused"], "drift"),
        (expected(name="env.OTHER"), ["image-environment", "policy-unused"], "drift"),
        (expected(name="env.LEVEL", expires=datetime.date(2026, 11, 23)), [], "expected"),
        (expected(name="env.LEVEL", expires=datetime.date(2026, 11, 22)),
         ["image-environment", "policy-expired"], "drift"),
    ],
)  # fmt: skip
def test_policy(tmp_path: Path, entry: Expected, rules: list[str], verdict: str) -> None:
    sides = [layout(tmp_path / str(n), one) for n, one in enumerate(LEVELS)]
    report = compared(tmp_path, *sides, expected=(entry,))
    assert [f.rule for f in report.findings] == rules
    assert report.verdict == verdict
    assert "LEVEL=2" not in repr(report)


def test_the_policy_of_one_service_is_not_anothers(tmp_path: Path) -> None:
    staging = environment(tmp_path, "staging", web=LEVELS[0], cron=LEVELS[0])
    production = environment(tmp_path, "production", web=LEVELS[1], cron=LEVELS[1])
    report = compared(tmp_path, staging, production, expected=(expected(service="web"),))
    assert {f.evidence.service for f in report.findings} == {"cron"}


def test_nothing_unread_can_be_expected(tmp_path: Path) -> None:
    gone = Named(kind="oci", value=str(tmp_path / "nowhere"))
    report = compared(tmp_path, gone, gone, expected=(expected(rule="*"),))
    assert {f.rule for f in report.findings} == {"side-unread"}
    assert report.verdict == "undetermined"


# Locks, lists and interpreters


def _locked(name: str, version: str, marker: str = "") -> str:
    wheel = (
        f'{{ name = "{name}-{version}-py3-none-any.whl", url = "https://files.example/{name}.whl"'
    )
    told = f'[[packages]]\nname = "{name}"\nversion = "{version}"\n'
    told += f'marker = "{marker}"\n' if marker else ""
    return told + f'wheels = [{wheel}, hashes = {{ sha256 = "{"0" * 64}" }} }}]\n'


LOCK = 'lock-version = "1.0"\ncreated-by = "test"\n' + "".join((
    _locked("alpha", "1.2.3"),
    _locked("beta", "1.0", "python_full_version >= '3.11.2'"),
    _locked("tomli", "2.0", "python_full_version < '3.11.2'"),
))  # fmt: skip


def lock(folder: Path, text: str = LOCK) -> Named:
    (folder / "pylock.toml").write_text(text)
    return Named(kind="lock", value="pylock.toml")


def test_a_lock_with_the_markers_of_the_images_own_python(tmp_path: Path) -> None:
    side = layout(tmp_path / "it", image({"srv/x": ""}))
    report = compared(tmp_path, lock(tmp_path), side)
    assert (report.findings, report.undetermined) == ((), ())
    assert "python" not in report.pairs[0].left_out
    assert {"os", "native", "settings"} <= set(report.pairs[0].left_out)
    other = lock(tmp_path, LOCK.replace("3.11.2", "3.11.3"))
    assert everything(compared(tmp_path, other, side)) == {
        ("distribution-missing", "tomli", "2.0", None),
        ("distribution-added", "beta", None, "1.0"),
    }  # fmt: skip
    assert everything(compared(tmp_path, side, other)) == {
        ("distribution-added", "tomli", None, "2.0"),
        ("distribution-missing", "beta", "1.0", None),
    }  # fmt: skip


def test_a_bill_of_materials(tmp_path: Path) -> None:
    told = [("pypi", "alpha", "1.2.3"), ("pypi", "beta", "0.9"), ("deb/debian", "curl", "8")]
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "components": [
            {"type": "library", "name": name, "version": version,
             "purl": f"pkg:{kind}/{name}@{version}"}
            for kind, name, version in told
        ],
    }  # fmt: skip
    (tmp_path / "bom.json").write_text(json.dumps(document))
    sbom = Named(kind="sbom", value="bom.json")
    found = everything(compared(tmp_path, sbom, layout(tmp_path / "it", PLAIN)))
    assert ("distribution-major", "beta", "0.9", "1.0") in found
    assert {name for rule, name, *_ in found if rule.startswith("distribution")} == {"beta"}
    assert ("package-version", "curl", "8", "7.88.1-10") in found


def test_an_interpreter(tmp_path: Path) -> None:
    real_venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    short = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = tmp_path / "env/lib" / short / "site-packages"
    for path, content in distribution("alpha", "1.1", site=str(site)).items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content if isinstance(content, bytes) else b"")
    side = Named(kind="env", value=str(tmp_path / "env/bin/python"))
    found = serious(compared(tmp_path, side, layout(tmp_path / "it", PLAIN)))
    assert {
        ("distribution-minor", "alpha", "1.1", "1.2.3"),
        ("distribution-added", "beta", None, "1.0"),
    } <= found
    rest = {rule for rule, *_ in found} - {"distribution-minor", "distribution-added"}
    assert rest <= {"python-version", "python-build"}  # the host's own Python


# The way back


def pushed(registry: Registry, one: Image, tag: str) -> Named:
    oci.push(one, registry.host, "shop", tag)
    return Named(kind="registry", value=f"{registry.host}/shop:{tag}")


def test_the_way_back(tmp_path: Path, registry: Registry) -> None:
    gone = image({f"{SITE}/beta-1.0.dist-info": WHITEOUT, f"{SITE}/beta": WHITEOUT})
    staging, production = pushed(registry, gone, "staging"), pushed(registry, OTHER, "production")
    (back,) = compared(tmp_path, staging, production, rollback=True).ways_back
    assert back.reference == f"{registry.host}/shop@{OTHER.digest}"
    assert (back.available, back.remark) == (True, "")
    assert set(back.pins) == {"alpha==2.0", "beta==1.0"}


def test_the_way_back_is_closed_once_the_registry_has_lost_it(
    tmp_path: Path, registry: Registry
) -> None:
    one = image(moved("alpha", "1.2.3", "3.0"))
    staging, production = pushed(registry, PLAIN, "staging"), pushed(registry, one, "lost")
    assert compared(tmp_path, staging, production, rollback=True).ways_back[0].available
    digest = Named(kind="registry", value=f"{registry.host}/shop@{one.digest}")
    registry.blob(one.digest).unlink()
    # Known by its digest, it is read from the cache, and no registry has it any more.
    (back,) = compared(tmp_path, staging, digest, rollback=True).ways_back
    assert back.available is False


def test_no_registry_no_way_back(tmp_path: Path) -> None:
    sides = [layout(tmp_path / str(n), one) for n, one in enumerate((PLAIN, OTHER))]
    (back,) = compared(tmp_path, *sides, rollback=True).ways_back
    assert (back.available, back.reference) == (None, OTHER.digest)
    assert back.remark == "no registry is known to have it: only 1 has it"


# What is read


def blobs(registry: Registry, since: int) -> set[str]:
    """Digests of the blobs that were asked for, from a place in the log on."""
    return {
        line.split()[1].rpartition("/")[2]
        for line in registry.log()[since:]
        if line.startswith("GET") and "/blobs/" in line
    }


def test_no_more_is_read_than_what_differs_and_nothing_twice(
    tmp_path: Path, registry: Registry
) -> None:
    below = {"var/lib/dpkg/info/x": "x" * 1000}
    staging, production = (
        image(below),
        image(below, {f"{SITE}/beta/core.py": "x = 2\n"}, {"srv/y": "y"}),
    )
    sides = [pushed(registry, staging, "one"), pushed(registry, production, "two")]
    begin = len(registry.log())
    first = compared(tmp_path, *sides)
    own = {each.digest for each in production.layers[2:]}
    needed = {staging.layers[0].digest}  # its RECORD tells whose file was patched
    configs = {staging.id, production.id}
    asked = blobs(registry, begin)
    assert own | configs <= asked
    assert asked <= own | configs | needed | {staging.layers[1].digest}
    stored = {each.digest: len(each.blob) for each in production.layers}
    moved_bytes = sum(way.size for way in first.pairs[0].traffic)
    documents = sum(
        len(x) for one in (staging, production) for x in (one.manifest, one.config_blob)
    )
    rest = moved_bytes - documents - sum(stored[digest] for digest in asked - configs)
    assert 0 <= rest < 20  # the registry's answers to its being greeted
    begin = len(registry.log())
    second = compared(tmp_path, *sides)
    assert blobs(registry, begin) == set()
    assert second.findings == first.findings


def test_layers_that_only_add_files_need_nothing_from_below(
    tmp_path: Path, registry: Registry
) -> None:
    one, two = image({"srv/a": "1"}), image({"srv/a": "2"})
    sides = [pushed(registry, one, "three"), pushed(registry, two, "four")]
    begin = len(registry.log())
    report = compared(tmp_path, *sides)
    assert blobs(registry, begin) == {one.id, two.id, one.layers[1].digest, two.layers[1].digest}
    assert {f.rule for f in report.findings} == {"image-layers", "application-files"}
