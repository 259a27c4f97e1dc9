"""Services, replicas, the way back, the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.inventory import Identity, OsPackage
from depcheck.model.parity import Excused, Expected, Named, Service
from depcheck.model.requirement import Origin, Undetermined
from depcheck.parity.rollback import way_back
from depcheck.parity.services import (
    missing_service,
    pair_services,
    replica_findings,
    unread_finding,
)
from depcheck.parity.verdict import verdict
from tests.parity.stories import deb, dist, drift, identity, image, tell, venv


def service(name, *images):
    return Service(name=name, replicas=tuple(Named(kind="docker", value=i) for i in images))


def test_services_are_paired_by_name():
    left = (service("web", "shop:1"), service("worker", "shop:1"))
    right = (service("cron", "shop:2"), service("web", "shop:2"))
    assert [(n, bool(a), bool(b)) for n, a, b in pair_services(left, right)] == [
        ("web", True, True), ("worker", True, False), ("cron", False, True),
    ]  # fmt: skip


def test_a_service_on_one_side():
    names = ("staging", "production")
    gone = missing_service("worker", service("worker", "shop:1"), None, names=names)
    assert (gone.rule, gone.severity) == ("service-missing", "error")
    assert gone.message == "service worker is docker:shop:1 in staging, not there in production."
    assert gone.remedy.startswith("start worker in production")
    new = missing_service("worker", None, service("worker", "shop:1"), names=names)
    assert new.remedy.startswith("test worker in staging")
    assert drift(new).service == "worker"


def test_replicas_of_different_images():
    replicas = [("web-1", identity("aa")), ("web-2", identity("bb")), ("web-3", identity("aa"))]
    (finding,) = replica_findings("web", "production", replicas)
    assert (finding.rule, finding.severity) == ("replica-differs", "error")
    assert finding.message == (
        "service web has 3 replicas of 2 images in production: "
        "sha256:aa in web-1, web-3; sha256:bb in web-2."
    )
    assert drift(finding).left is None
    (tested,) = replica_findings("web", "staging", replicas, left=True)
    assert drift(tested).right is None


@pytest.mark.parametrize(
    "identities",
    [
        [],
        [identity("aa")],
        [identity("aa"), identity("aa")],
        [identity("aa", manifest="m1"), identity("bb", manifest="m1")],
        [identity("aa"), Identity(manifest="sha256:m")],
    ],
)
def test_replicas_that_are_the_same_as_far_as_known(identities):
    assert replica_findings("web", "p", [(f"r{n}", i) for n, i in enumerate(identities)]) == ()


def test_what_could_not_be_read():
    origin = Origin(component="staging", path="depcheck.toml", line=3, text="")
    named = Named(kind="docker", value="shop:1", origin=origin)
    finding = unread_finding(named, "there is no such image.", "build it")
    assert (finding.rule, finding.message, finding.remedy) == (
        "side-unread", "docker:shop:1 could not be read: there is no such image.", "build it",
    )  # fmt: skip
    assert finding.locations == (origin,)


LEFT = image(
    distributions=(dist("pyjwt", "2.10.1"), dist("orjson", "3.10"), dist("same", "1")),
    packages=(deb("jq", "1.6"), deb("curl", "8")),
)
RIGHT = image(
    distributions=(
        dist("pyjwt", "1.7.1"),
        dist("same", "1"),
        dist("extra", "5"),
        dist("forked", "1", source="git+https://u:pw@git.example/forked@abc"),
    ),
    packages=(deb("jq", "1.7"), deb("curl", "8"), deb("git", "2.39")),
    identity=Identity(config="sha256:c", manifest="sha256:m"),
)


def test_the_way_back_has_what_production_runs():
    back = way_back(LEFT, RIGHT, tell(LEFT, RIGHT), service="web")
    assert back.pins == (
        "extra==5",
        "forked @ git+https://***@git.example/forked@abc",
        "pyjwt==1.7.1",
    )
    assert back.removals == ("orjson",)
    assert back.packages == ("git=2.39", "jq=1.7")
    assert (back.reference, back.available, back.service) == ("sha256:c", None, "web")
    elsewhere = replace(RIGHT, subject="oci:build")
    assert way_back(LEFT, elsewhere, tell(LEFT, elsewhere)).reference == "sha256:m"


def test_a_repository_is_the_best_reference():
    known = Identity(config="c", manifest="m", repositories=("reg.example/shop@sha256:m",))
    there = replace(RIGHT, identity=known)
    assert way_back(LEFT, there, tell(LEFT, there)).reference == "reg.example/shop@sha256:m"


@pytest.mark.parametrize(
    ("subject", "container", "remark", "caution"),
    [
        ("docker:shop:1", "", "only this engine has it", ""),
        ("container:web", "c0ffee", "only this engine has it", "docker commit"),
        ("oci:build", "", "only oci:build has it", ""),
    ],
)
def test_an_image_that_no_registry_has(subject, container, remark, caution):
    only_here = replace(RIGHT, subject=subject, identity=identity("c", container=container))
    back = way_back(LEFT, only_here, tell(LEFT, only_here))
    assert back.reference == "sha256:c"
    assert remark in back.remark
    assert caution in back.caution
    assert bool(back.caution) == bool(container)


def test_the_registry_of_a_container_brings_back_its_image_alone():
    known = Identity(config="c", container="c0ffee", repositories=("reg.example/shop@sha256:m",))
    there = replace(RIGHT, identity=known)
    back = way_back(LEFT, there, tell(LEFT, there))
    assert (back.remark, "nor its settings" in back.caution) == ("", True)


def test_nothing_by_which_to_name_it():
    there = replace(RIGHT, identity=Identity())
    assert way_back(LEFT, there, tell(LEFT, there)).remark == "nothing names it by digest"


def test_pins_are_of_the_environment_that_runs():
    places = (venv(), venv("/opt/tools", active=False))

    def side(version):
        tools = dist("black", version, environment="/opt/tools", folder="/opt/tools/lib")
        return image(environments=places, distributions=(tools, dist("six", version)))

    left, right = side("1.0"), side("1.1")
    assert way_back(left, right, tell(left, right)).pins == ("six==1.1",)


def test_an_rpm_in_the_way_back():
    left, right = (
        image(packages=(OsPackage(name="jq", version=v, kind="rpm"),)) for v in ("1.6-1", "1.7-1")
    )
    assert way_back(left, right, tell(left, right)).packages == ("jq-1.7-1",)


def test_nothing_to_go_back_to():
    back = way_back(LEFT, LEFT, tell(LEFT, LEFT))
    assert (back.pins, back.removals, back.packages) == ((), (), ())


def test_the_verdict():
    found = tell(LEFT, RIGHT).findings
    excused = [Excused(finding=f, by=Expected(reason="x")) for f in found]
    unread = [Undetermined(subject="x", reason="y")]
    assert verdict((), (), ()) == "identical"
    assert verdict((), excused, ()) == "expected"
    assert verdict(found, excused, unread) == "drift"
    assert verdict((), excused, unread) == "undetermined"
    assert verdict((), (), [replace(unread[0], harmless=True)]) == "identical"


def test_findings_that_are_no_difference_make_no_drift():
    unread = unread_finding(Named(kind="docker", value="x"), "gone")
    assert verdict((unread,), (), ()) == "undetermined"
    assert verdict((replace(unread, rule="policy-unused"),), (), ()) == "identical"
