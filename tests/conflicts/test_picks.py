"""Stories of what an install passes over in silence: extras, builds, hashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from depcheck.model.catalog import Arrival, Project
from depcheck.model.requirement import Component
from depcheck.pipeline.combine import examine
from tests.conflicts.stories import ai, ask, only, picks, plain, release, told, web
from tests.support.memory import MemoryCatalog, linux_target


def test_an_extra_that_the_release_does_not_have_is_told_with_its_line():
    index = {"uvicorn": {"1": release("uvloop ; extra == 'standard'")}, "uvloop": plain("1")}
    report = ask(index, web("uvicorn[standrd]"), ai("uvicorn[standard]"))
    findings = [f for f in report.findings if f.rule == "unknown-extra"]
    assert [(f.severity, f.message) for f in findings] == [
        ("warning", "uvicorn 1 has no extra standrd: it is ignored.")
    ]
    assert [str(o) for o in findings[0].locations] == ["web.txt:1"]


def test_a_pick_without_a_wheel_for_the_target_is_noted():
    index = {"a": {"1": release(wheels=(), sdist=True)}, "b": plain("1")}
    report = ask(index, web("a"), ai("b"))
    assert [f.message for f in told(report, "needs-build")] == [
        "a 1 has no wheel for linux/amd64: an install would build it."
    ]
    assert report.verdict == "shifts"


class _Hashed(MemoryCatalog):
    """Every file of release N has the sha256 digest "N"."""

    def arrivals(self) -> Iterator[Arrival]:
        for wanted, answer in super().arrivals():
            if isinstance(answer, Project):
                files = tuple(
                    tuple(replace(f, hashes=(("sha256", version),)) for f in release_files)
                    for version, release_files in zip(answer.versions, answer.files, strict=True)
                )
                yield wanted, replace(answer, files=files)
            else:
                yield wanted, answer


def _hashed(component: Component, *hashes: str) -> Component:
    first, *rest = component.requirements
    return replace(component, requirements=(replace(first, hashes=hashes), *rest))


def test_hashes_leave_only_the_files_that_they_bind():
    core = _hashed(web("a"), "sha256:1", "sha256:2")
    report = examine(
        (core, ai("b")), linux_target(), _Hashed({"a": plain("1", "2", "3"), "b": plain("1")})
    )
    assert picks(report)["a"] == "2"


def test_a_hash_of_a_kind_that_the_index_does_not_tell_rules_nothing_out():
    core = _hashed(web("a==1"), "sha512:4")
    report = examine((core, ai("b")), linux_target(), _Hashed({"a": plain("1"), "b": plain("1")}))
    assert picks(report)["a"] == "1"


def test_a_hash_that_no_file_has_is_a_conflict_of_its_own():
    core = _hashed(web("a==1"), "sha256:4")
    report = examine((core, ai("b")), linux_target(), _Hashed({"a": plain("1"), "b": plain("1")}))
    finding = only(report)
    assert finding.rule == "conflict-hash"
    assert finding.message == "No file of web's a==1 on the index has a hash that the line names."
    assert [(c.edits, c.remark) for c in report.corrections] == [
        ((), "The hashes of a have to be written anew, once it is known why they differ.")
    ]
