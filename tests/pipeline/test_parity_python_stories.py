"""Python in two small images: one difference each, and what the whole pipeline tells of it."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.pairs import (
    BETA,
    CONFIG,
    PACKAGES,
    Run,
    image,
    moved,
    serious,
    squashed,
    story,
)
from tests.support.contents import SITE, SYSTEM_SITE, debian, distribution, interpreter, venv
from tests.support.oci import OPAQUE, WHITEOUT, Entry, File, Hardlink, Image, Layer, Symlink

PLAIN = image()


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        ("2.0", "major"), ("1!1.2.3", "major"), ("1.3", "minor"), ("1.2.4", "patch"),
        ("1.2.2", "patch"), ("1.2.3.post1", "patch"), ("1.2.3+cu121", "patch"),
    ],
)  # fmt: skip
def test_another_version(compare: Run, new: str, rule: str) -> None:
    production = image(moved("alpha", "1.2.3", new))
    story(compare, PLAIN, production, {(f"distribution-{rule}", "alpha", "1.2.3", new)})


def test_one_spelling_of_a_version_is_as_good_as_another(compare: Run) -> None:
    again = {f"{SITE}/beta-1.0.dist-info": WHITEOUT, **distribution("Beta", "1.0.0", BETA)}
    assert serious(compare(PLAIN, image(again))) == set()


def test_removed(compare: Run) -> None:
    gone: dict[str, Entry] = {
        f"{SITE}/alpha.py": WHITEOUT,
        f"{SITE}/alpha-1.2.3.dist-info": WHITEOUT,
    }
    story(compare, PLAIN, image(gone), {("distribution-missing", "alpha", "1.2.3", None)})


def test_a_tool_that_only_installs_is_a_note(compare: Run) -> None:
    story(compare, PLAIN, image(distribution("pip", "24.0")), set(), ["distribution-added"])


def test_an_upgrade_under_an_opaque_folder_leaves_nothing_of_the_old_one(compare: Run) -> None:
    files = {"beta/__init__.py": "V = '1.1'\n", "beta/core.py": "x = 1\n"}
    upgraded = {
        f"{SITE}/beta": OPAQUE,
        f"{SITE}/beta-1.0.dist-info": WHITEOUT,
        **distribution("beta", "1.1", files),
    }
    story(compare, PLAIN, image(upgraded), {("distribution-minor", "beta", "1.0", "1.1")})


def test_installed_again_as_it_was(compare: Run) -> None:
    story(
        compare, PLAIN, image({f"{SITE}/beta": OPAQUE, **distribution("beta", "1.0", BETA)}), set()
    )


def test_a_hot_patch(compare: Run) -> None:
    report = story(
        compare, PLAIN, image({f"{SITE}/beta/core.py": "x = 2\n"}),
        {("distribution-patched", "beta", "as it was installed", "changed in beta/core.py")},
    )  # fmt: skip
    drift = report.findings[0].evidence
    assert (drift.paths, drift.right_by.layer, drift.right_by.step) == (
        ("beta/core.py",), 2, "RUN step 1",
    )  # fmt: skip


def test_a_hot_patch_of_both_is_told_once_and_the_same_patch_not_at_all(compare: Run) -> None:
    patched = [image({f"{SITE}/beta/core.py": f"x = {n}\n"}, {"srv/x": str(n)}) for n in (2, 3, 2)]
    report = compare(patched[0], patched[1])
    assert [finding.rule for finding in report.findings if finding.severity != "note"] == [
        "distribution-patched"
    ]
    other_way = image({"srv/x": "1"}, {f"{SITE}/beta/core.py": "x = 2\n"})
    assert serious(compare(patched[0], other_way)) == set()


def test_a_deleted_file(compare: Run) -> None:
    expected = ("distribution-files-missing", "beta", "complete", "without beta/old.py")
    story(compare, PLAIN, image({f"{SITE}/beta/old.py": WHITEOUT}), {expected})


def test_deleted_data_and_tests_matter_less(compare: Run) -> None:
    files = {"gamma/__init__.py": "", "gamma/data.json": "{}", "gamma/tests/test_a.py": "x"}
    one = image(distribution("gamma", "1", files))
    report = compare(
        one, image(distribution("gamma", "1", files), {f"{SITE}/gamma/data.json": WHITEOUT})
    )
    assert next((f.rule, f.severity) for f in report.findings) == (
        "distribution-files-missing",
        "warning",
    )
    report = compare(
        one, image(distribution("gamma", "1", files), {f"{SITE}/gamma/tests": WHITEOUT})
    )
    assert serious(report) == set()
    assert "distribution-files-missing" in {finding.rule for finding in report.findings}


UV = "root/.cache/uv/archive-v0/x"


def test_hard_links_are_the_files_that_they_lead_to(compare: Run) -> None:
    files = {"gamma/__init__.py": "V = 1\n", "gamma/core.py": "x = 1\n"}
    plain = distribution("gamma", "1", files)
    linked: dict[str, Entry] = {
        **{f"{UV}/{path}": entry for path, entry in plain.items()},
        **{path: Hardlink(f"{UV}/{path}") for path in plain},
    }
    story(compare, image(plain), image(linked), set())
    patched = {**linked, f"{UV}/{SITE}/gamma/core.py": "x = 2\n"}
    expected = ("distribution-patched", "gamma", "as it was installed", "changed in gamma/core.py")
    story(compare, image(plain), image(patched), {expected})


TOOLS = "opt/tools/lib/python3.11/site-packages"


def test_two_virtual_environments_are_compared_each_by_itself(compare: Run) -> None:
    def tools(version: str) -> Image:
        return image({**venv("opt/tools", "3.11.2"), **distribution("alpha", version, site=TOOLS)})

    expected = ("distribution-major", "alpha", "1.0", "2.0")
    report = story(compare, tools("1.0"), tools("2.0"), {expected})
    assert report.findings[0].evidence.place == "/opt/tools"
    whole = compare(squashed(tools("1.0")), squashed(tools("2.0")))
    assert whole.findings[0].severity == "warning"  # it is not the one that runs


def test_an_environment_on_one_side_only_is_told_once(compare: Run) -> None:
    more = {
        **venv("opt/tools", "3.11.2"),
        **distribution("gamma", "1", site=TOOLS), **distribution("delta", "1", site=TOOLS),
    }  # fmt: skip
    expected = ("environment-missing", "/opt/tools", "an environment of 2 distributions", None)
    story(compare, image(more), image(more, {"opt/tools": WHITEOUT}), {expected})


def test_the_environment_that_runs_is_gone(compare: Run) -> None:
    expected = ("environment-missing", "/opt/venv", "an environment of 2 distributions", None)
    report = story(compare, PLAIN, image({"opt/venv": WHITEOUT}), {expected})
    assert report.findings[0].severity == "error"


def test_another_environment_runs(compare: Run) -> None:
    both = {**venv("opt/tools", "3.11.2"), **distribution("alpha", "1.2.3", site=TOOLS)}
    other = {**CONFIG, "Entrypoint": ["/opt/tools/bin/python", "-m", "shop"]}
    told = {
        ("image-entrypoint", "entrypoint", '["python", "-m", "shop"]',
         '["/opt/tools/bin/python", "-m", "shop"]'),
        ("environment-active", "environment", "/opt/venv", "/opt/tools"),
    }  # fmt: skip
    one, two = squashed(image(both)), squashed(image({**both, "srv/x": "y"}, config=other))
    assert serious(compare(one, two)) == told


CONDA = "opt/conda/lib/python3.11/site-packages"


def conda(name: str, version: str, build: str = "0") -> dict[str, Entry]:
    told = {"name": name, "version": version, "build": build, "subdir": "linux-64"}
    return {f"opt/conda/conda-meta/{name}-{version}-{build}.json": json.dumps(told)}


def test_a_conda_layout(compare: Run) -> None:
    base: dict[str, Entry] = {
        "opt/conda/conda-meta/history": "",
        **interpreter("3.11.5", "opt/conda"), **conda("python", "3.11.5"),
        **conda("numpy", "1.26.0"),
        **distribution("numpy", "1.26.0", site=CONDA, installer="conda"),
        **conda("openssl", "3.1.0"),
        "opt/conda/pkgs/a-9/lib/python3.11/site-packages/a-9.dist-info/METADATA": "Name: no",
    }  # fmt: skip
    upgraded: dict[str, Entry] = {
        "opt/conda/conda-meta/numpy-1.26.0-0.json": WHITEOUT, **conda("numpy", "2.0.0"),
        **moved("numpy", "1.26.0", "2.0.0", site=CONDA, installer="conda"),
        "opt/conda/conda-meta/openssl-3.1.0-0.json": WHITEOUT, **conda("openssl", "3.2.0"),
    }  # fmt: skip
    story(compare, image(base), image(base, upgraded), {
        ("distribution-major", "numpy", "1.26.0", "2.0.0"),
        ("package-version", "openssl", "3.1.0-0", "3.2.0-0"),
    })  # fmt: skip


def test_the_user_site(compare: Run) -> None:
    site = "root/.local/lib/python3.11/site-packages"
    expected = ("environment-added", "/root/.local", None, "an environment of 1 distribution")
    report = compare(PLAIN, image(distribution("gamma", "1", site=site)))
    assert {
        (f.rule, f.evidence.name, f.evidence.left, f.evidence.right) for f in report.findings[:1]
    } == {expected}
    users = [image(distribution("gamma", version, site=site)) for version in ("1.0", "1.1")]
    story(compare, *users, {("distribution-minor", "gamma", "1.0", "1.1")})


def test_leftovers_of_another_version(compare: Run) -> None:
    left = distribution("alpha", "0.9", {"alpha_old.py": ""})
    expected = ("distribution-duplicate", "alpha", "1.2.3", "0.9 and 1.2.3")
    assert serious(compare(squashed(PLAIN), squashed(image(left)))) == {expected}
    both = [
        image({**distribution("gamma", "1"), **more}) for more in ({}, distribution("gamma", "2"))
    ]
    story(compare, *both, {("distribution-duplicate", "gamma", "1", "1 and 2")})


def test_copies_in_test_data_and_vendored_ones_are_nobodys(compare: Run) -> None:
    for folder in ("beta/_vendor", "beta/tests/data", "~eta", "beta/x/site-packages"):
        copy = distribution("gamma", "1", site=f"{SITE}/{folder}")
        told = serious(compare(PLAIN, image(copy)))
        # No distribution, but files that can be imported and that no RECORD lists.
        assert {rule for rule, *_ in told} <= {"python-unowned", "distribution-leftover"}
        assert "gamma" not in {name for _, name, *_ in told}


def source(**told: object) -> str:
    return json.dumps({"url": "https://git.example/gamma", **told})


def test_sources(compare: Run) -> None:
    index = distribution("gamma", "1")
    first, second = (
        distribution(
            "gamma", "1", direct_url=source(vcs_info={"vcs": "git", "commit_id": f"{n}" * 40})
        )
        for n in (1, 2)
    )
    git = "git+https://git.example/gamma@"
    story(compare, image(first), image(second),
          {("distribution-source", "gamma", git + "1" * 40, git + "2" * 40)})  # fmt: skip
    story(compare, image(index), image(first),
          {("distribution-source", "gamma", "from an index", git + "1" * 40)})  # fmt: skip
    editable = json.dumps({"url": "file:///srv/gamma", "dir_info": {"editable": True}})
    story(compare, image(index), image(distribution("gamma", "1", direct_url=editable)),
          {("distribution-source", "gamma", "from an index",
            "editable file:///srv/gamma")})  # fmt: skip


def test_passwords_of_sources_are_never_told(compare: Run) -> None:
    secret = json.dumps({"url": "https://me:hunter2@files.example/gamma.whl?token=hunter2"})
    report = compare(PLAIN, image(distribution("gamma", "1", direct_url=secret)), show_values=True)
    assert report.findings
    assert "hunter2" not in repr(report)


def test_another_build_of_one_version(compare: Run) -> None:
    one, two = (distribution("gamma", "1", {"gamma.py": text}) for text in ("a", "b"))
    report = compare(image(one), image(two))
    assert [f.rule for f in report.findings if f.severity != "note"] == ["distribution-rebuilt"]
    assert [f.rule for f in compare(squashed(image(one)), squashed(image(two))).findings
            if f.severity != "note"] == ["distribution-rebuilt"]  # fmt: skip


def test_another_installer_is_a_note(compare: Run) -> None:
    one, two = (distribution("gamma", "1", installer=tool) for tool in ("pip", "uv"))
    story(compare, image(one), image(two), set(), ["distribution-installer"])


def python(version: str) -> Layer:
    short = version.rpartition(".")[0]
    return Layer({
        **debian("12", PACKAGES), **venv("opt/venv", version), **distribution("alpha", "1"),
        f"usr/bin/python{short}": File(f"\x7fELF\0{version}\0[GCC 12.2.0]\0", mode=0o755),
        "usr/bin/python3": Symlink(f"python{short}"),
    })  # fmt: skip


@pytest.mark.parametrize(
    ("version", "severity"), [("3.11.7", "warning"), ("3.11.2", ""), ("3.10.2", "error")]
)
def test_the_interpreters_version(compare: Run, version: str, severity: str) -> None:
    report = compare(Image((python("3.11.2"),), CONFIG), Image((python(version),), CONFIG))
    found = [(f.rule, f.severity) for f in report.findings if f.severity != "note"]
    assert found == ([("python-version", severity)] if severity else [])


def test_a_distribution_of_the_system_is_told_once_with_its_package(compare: Run) -> None:
    def side(version: str) -> Image:
        return image({
            **debian("12", {**PACKAGES, "python3-yaml": f"{version}-1"}),
            **distribution("PyYAML", version, site=SYSTEM_SITE, installer="debian"),
        })  # fmt: skip

    story(compare, side("6.0"), side("6.1"), {("distribution-minor", "pyyaml", "6.0", "6.1")})


def test_metadata_that_cannot_be_read_is_never_identical(compare: Run) -> None:
    broken = image({f"{SITE}/alpha-1.2.3.dist-info/METADATA": "\0\0"})
    again = image({f"{SITE}/alpha-1.2.3.dist-info/METADATA": "\0\0", "srv/x": "y"})
    for left, right in ((broken, again), (squashed(broken), squashed(PLAIN))):
        report = compare(left, right)
        assert {item.subject for item in report.undetermined} == {f"/{SITE}/alpha-1.2.3.dist-info"}
        assert report.verdict != "identical"
