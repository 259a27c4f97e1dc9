"""Configuration, layers, platforms and files of two small images."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from depcheck.model.parity import Named
from tests.pipeline.pairs import (
    BASE,
    CONFIG,
    Run,
    everything,
    image,
    notes,
    serious,
    squashed,
    story,
)
from tests.support.contents import SITE, distribution
from tests.support.oci import (
    OPAQUE,
    WHITEOUT,
    Device,
    Entry,
    File,
    Folder,
    Image,
    Index,
    Layer,
    Step,
    Symlink,
)

PLAIN = image()
HEALTH = {"Test": ["CMD-SHELL", "curl -f http://127.0.0.1/"], "Interval": 30_000_000_000}


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ({"Entrypoint": ["python"]}, {"Entrypoint": ["sh"]},
         ("image-entrypoint", "entrypoint", '["python"]', '["sh"]')),
        ({"Cmd": ["serve"]}, {}, ("image-command", "command", '["serve"]', None)),
        ({"WorkingDir": "/srv"}, {"WorkingDir": "/app"},
         ("image-workdir", "workdir", "/srv", "/app")),
        ({"User": "shop"}, {}, ("image-user", "user", "shop", None)),
        ({"User": "shop"}, {"User": "root"}, ("image-user", "user", "shop", "root")),
        ({"Volumes": {"/data": {}}}, {}, ("image-volume", "volume./data", "/data", None)),
        ({"Healthcheck": HEALTH}, {},
         ("image-healthcheck", "healthcheck",
          "CMD curl -f http://127.0.0.1/ interval=30s", None)),
        ({"StopSignal": "SIGTERM"}, {"StopSignal": "SIGKILL"},
         ("image-stopsignal", "stopsignal", "SIGTERM", "SIGKILL")),
        ({"Env": [*CONFIG["Env"], "A=1"]}, {"Env": [*CONFIG["Env"], "A=2"]},
         ("image-environment", "env.A", "set", "set")),
        ({"Env": [*CONFIG["Env"], "A=1"]}, {}, ("image-environment", "env.A", "set", None)),
    ],
)  # fmt: skip
def test_configuration(
    compare: Run, left: dict[str, Any], right: dict[str, Any], told: tuple[str, ...]
) -> None:
    sides = [image(config={**CONFIG, **each}) for each in (left, right)]
    report = story(compare, *sides, {told})
    assert report.pairs[0].shared == 1
    assert sum(way.layers for way in report.pairs[0].traffic) == 0  # the layers are the same


def test_ports_and_labels_are_notes(compare: Run) -> None:
    one = image(
        config={**CONFIG, "ExposedPorts": {"80/tcp": {}}, "Labels": {"tier": "a", "x": "1"}}
    )
    two = image(
        config={**CONFIG, "ExposedPorts": {"8080/tcp": {}}, "Labels": {"tier": "b", "x": "1"}}
    )
    report = story(compare, one, two, set(), ["image-port", "image-label"])
    assert {d for d in everything(report) if d[0] == "image-port"} == {
        ("image-port", "port.80/tcp", "80/tcp", None),
        ("image-port", "port.8080/tcp", None, "8080/tcp"),
    }  # fmt: skip


def test_values_are_shown_when_asked_for_alone(compare: Run) -> None:
    one, two = (
        image(config={**CONFIG, "Env": [*CONFIG["Env"], f"TOKEN={v}"], "Labels": {"k": v}})
        for v in ("sesame-1", "sesame-2")
    )
    assert "sesame" not in repr(compare(one, two))
    shown = compare(one, two, show_values=True)
    assert ("image-environment", "env.TOKEN", "sesame-1", "sesame-2") in everything(shown)


def test_the_path_is_an_error(compare: Run) -> None:
    other = image(config={**CONFIG, "Env": ["PATH=/usr/bin"]})
    report = compare(PLAIN, other)
    assert [(f.rule, f.evidence.name, f.severity) for f in report.findings[:1]] == [
        ("image-environment", "env.PATH", "error")
    ]


def test_another_architecture_explains_builds(compare: Run) -> None:
    arm = squashed(image(distribution("gamma", "1", {"gamma.so": "arm"}), platform="linux/arm64"))
    amd = squashed(image(distribution("gamma", "1", {"gamma.so": "amd"})))
    told = {("image-architecture", "architecture", "amd64", "arm64")}
    assert serious(compare(amd, arm)) == told


def test_variants(compare: Run) -> None:
    six, five = (image(platform=f"linux/arm/{v}") for v in ("v6", "v5"))
    story(compare, six, five, {("image-variant", "variant", "v6", "v5")})
    said, unsaid = image(platform="linux/arm64/v8"), image(platform="linux/arm64")
    story(compare, said, unsaid, set())


def test_identical(compare: Run) -> None:
    report = compare(PLAIN, PLAIN)
    assert (report.verdict, report.findings, report.undetermined) == ("identical", (), ())


@pytest.mark.parametrize("compression", ["zstd", "none"])
def test_the_same_content_in_another_compression(compare: Run, compression: Any) -> None:
    other = replace(
        PLAIN, steps=tuple(replace(each, compression=compression) for each in PLAIN.layers)
    )
    report = compare(PLAIN, other)
    assert (report.verdict, report.findings) == ("identical", ())
    assert report.pairs[0].shared == 1


def test_zstd_layers_are_read(compare: Run) -> None:
    top = Layer({f"{SITE}/beta/core.py": "x = 2\n"}, compression="zstd")
    told = {rule for rule, *_ in serious(compare(PLAIN, Image((BASE, top), CONFIG)))}
    assert told == {"distribution-patched"}


def test_images_from_scratch(compare: Run) -> None:
    empty = Image((), CONFIG)
    assert compare(empty, empty).verdict == "identical"
    one = Image((Layer({"srv/hello": File("x", mode=0o755)}),), CONFIG)
    assert serious(compare(empty, one)) == set()
    report = compare(empty, PLAIN)
    assert ("environment-added", "/opt/venv", None, "an environment of 2 distributions") in serious(
        report
    )
    assert not report.undetermined


def test_images_without_history(compare: Run) -> None:
    top = {f"{SITE}/beta/core.py": "x = 2\n"}
    report = story(
        compare, image(history=False), image(top, history=False),
        {("distribution-patched", "beta", "as it was installed", "changed in beta/core.py")},
    )  # fmt: skip
    assert report.findings[0].evidence.right_by.step == ""


def test_squashed_or_not_is_no_difference_but_for_the_layers(compare: Run) -> None:
    many = image(
        distribution("gamma", "1"),
        {f"{SITE}/gamma.py": WHITEOUT},
        {"srv/app": OPAQUE, "srv/app/x": ""},
    )
    for files in (False, True):
        report = compare(many, squashed(many), files=files)
        assert everything(report) == set()
        assert [f.rule for f in report.findings] == ["image-layers"]
        assert report.pairs[0].shared == 0


def test_a_layer_that_comes_twice(compare: Run) -> None:
    again = {"srv/app/main.py": "import alpha\n"}
    gone = {"srv/app/main.py": WHITEOUT}
    one, two = image(again, gone, again), image(again)
    story(compare, one, two, set())
    story(compare, one, image(again, gone), set(), ["application-files"])


def test_steps_without_a_layer_keep_the_history_in_step(compare: Run) -> None:
    top = Layer({f"{SITE}/beta/core.py": "x = 2\n"}, "COPY hotfix /")
    one = Image((BASE, Step("ENV A=1"), Step("USER shop"), top), CONFIG)
    (finding,) = [f for f in compare(PLAIN, one).findings if f.rule == "distribution-patched"]
    assert (finding.evidence.right_by.layer, finding.evidence.right_by.step) == (2, "COPY hotfix /")


def test_an_index_of_several_platforms(compare: Run) -> None:
    arm = image({f"{SITE}/beta/core.py": "x = 2\n"}, platform="linux/arm64")
    index = Index((PLAIN, arm), attested=True)
    assert compare(index, PLAIN, platform="linux/amd64").verdict == "identical"
    assert compare(index, arm, platform="linux/arm64").verdict == "identical"
    told = {rule for rule, *_ in serious(compare(index, arm, platform=None))}
    assert told <= {"image-architecture", "distribution-patched"}


def test_a_platform_that_the_index_lacks(compare: Run) -> None:
    index = Index((PLAIN, image(platform="linux/arm64")))
    report = compare(index, PLAIN, platform="linux/s390x")
    assert [f.rule for f in report.findings] == ["side-unread"]
    assert report.verdict == "undetermined"
    assert "linux/arm64" in report.findings[0].message + report.findings[0].remedy


# Files


def files(**more: Entry) -> dict[str, Entry]:
    return {"srv/app/settings.py": "A = 1\n", **more}


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        (files(), files(**{"srv/app/new.py": "x"}), "file-added"),
        (files(**{"srv/app/old.py": "x"}), files(), "file-removed"),
        (files(), {"srv/app/settings.py": "A = 2\n"}, "file-changed"),
        (files(), {"srv/app/settings.py": Symlink("main.py")}, "file-changed"),
        (files(), {"srv/app/settings.py": File("A = 1\n", mode=0o600)}, "file-mode"),
        (files(), {"srv/app/settings.py": File("A = 1\n", uid=1000)}, "file-owner"),
        (files(), {"srv/app/settings.py": File("A = 1\n", gid=7)}, "file-owner"),
        (files(), {"srv/app/settings.py": File("A = 1\n", mtime=1)}, None),
        (files(**{"srv/pipe": Device(kind="p")}), files(**{"srv/pipe": "x"}), "file-changed"),
        (files(**{"srv/data": Folder(0o755)}), files(**{"srv/data": Folder(0o700)}), "file-mode"),
    ],
)  # fmt: skip
def test_files(
    compare: Run, left: dict[str, Entry], right: dict[str, Entry], rule: str | None
) -> None:
    report = compare(image(left), image(right), files=True)
    assert {told[0] for told in serious(report)} == ({rule} if rule else set())
    whole = compare(squashed(image(left)), squashed(image(right)), files=True)
    assert everything(whole) == everything(report)
    back = compare(image(right), image(left), files=True)
    turned = {"file-added": "file-removed", "file-removed": "file-added"}
    assert {told[0] for told in serious(back)} == ({turned.get(rule, rule)} if rule else set())


def test_without_files_the_applications_own_are_one_note(compare: Run) -> None:
    report = compare(image(files()), image(files(**{"srv/app/new.py": "x", "srv/app/b.py": "y"})))
    assert (serious(report), notes(report)) == (set(), {"application-files"})
    (note,) = [f for f in report.findings if f.rule == "application-files"]
    assert note.evidence.paths == ("/srv/app/b.py", "/srv/app/new.py")


def test_files_that_a_finding_explains_are_not_told_again(compare: Run) -> None:
    patched = image({f"{SITE}/beta/core.py": "x = 2\n"})
    assert {rule for rule, *_ in serious(compare(PLAIN, patched, files=True))} == {
        "distribution-patched"
    }


def test_what_each_build_writes_anew_is_no_difference(compare: Run) -> None:
    written = {
        "var/log/apt/history.log": "a", "var/cache/apt/x": "b", "etc/ld.so.cache": "c",
        "tmp/x": "d",
        f"{SITE}/__pycache__/alpha.cpython-311.pyc": "e", "srv/app/.cache/x": "f",
        "var/lib/apt/lists/x": "g",
    }  # fmt: skip
    assert everything(compare(PLAIN, image(written))) == set()
    assert serious(compare(PLAIN, image(written), files=True)) == set()


def test_one_side_that_cannot_be_read(compare: Run, tmp_path: Any) -> None:
    from tests.pipeline.pairs import compared, layout

    gone = Named(kind="oci", value=str(tmp_path / "nowhere"))
    for sides in ((layout(tmp_path / "a", PLAIN), gone), (gone, layout(tmp_path / "b", PLAIN))):
        report = compared(tmp_path, *sides)
        assert [f.rule for f in report.findings] == ["side-unread"]
        assert (report.verdict, len(report.undetermined)) == ("undetermined", 1)
