"""Distributions: staging has one version, production another, or none, or another content."""

from __future__ import annotations

from dataclasses import replace

import pytest

from depcheck.model.inventory import Identity, Provenance
from tests.parity.stories import (
    SITE,
    deb,
    dist,
    drift,
    image,
    lock,
    only,
    rules,
    step,
    tell,
    told,
    venv,
)


@pytest.mark.parametrize(
    ("staging", "production", "rule", "severity", "ending"),
    [
        ("2.10.1", "1.7.1", "distribution-major", "error", "a major downgrade"),
        ("1.7.1", "2.10.1", "distribution-major", "error", "a major upgrade"),
        ("1!1.0", "2!1.0", "distribution-major", "error", "a major upgrade"),
        ("2.28.0", "2.29.1", "distribution-minor", "warning", "a minor upgrade"),
        ("2.28.3", "2.28.1", "distribution-patch", "warning", "a patch downgrade"),
        (
            "2.2.1+cpu",
            "2.2.1+cu121",
            "distribution-patch",
            "warning",
            "another build of the same version",
        ),
        ("2.0rc1", "2.0", "distribution-patch", "warning", "an upgrade"),
        ("2.0", "2.0rc1", "distribution-patch", "warning", "a downgrade"),
        ("2.0-custom-a", "2.0-custom-b", "distribution-minor", "warning", "another version"),
    ],
)
def test_another_version(staging, production, rule, severity, ending):
    finding = only(
        tell(
            image(distributions=(dist("pyjwt", staging),)),
            image(distributions=(dist("pyjwt", production),)),
        )
    )
    assert (finding.rule, finding.severity) == (rule, severity)
    assert f"is {staging} in staging, {production} in production" in finding.message
    assert finding.message.endswith(f"{ending}.")
    assert finding.remedy == f"install pyjwt=={staging} in production, as was tested"


def test_two_spellings_of_one_version_are_the_same():
    left, right = (image(distributions=(dist("six", v),)) for v in ("1.0", "1.0.0"))
    comparison = tell(left, right)
    assert comparison.findings == ()
    assert next(s for s in comparison.summaries if s.aspect == "python").same == 2


def test_the_build_steps_are_told():
    finding = only(
        tell(
            image(distributions=(dist("a", "1", brought=step(4, "RUN pip install a==1")),)),
            image(distributions=(dist("a", "2", brought=step(5, "RUN pip install a")),)),
        )
    )
    assert drift(finding).left_by.step == "RUN pip install a==1"
    assert drift(finding).right_by.layer == 5
    assert drift(finding).place == "/opt/venv"


def test_missing_and_added():
    one, other = image(distributions=(dist("orjson", "3.10.18"),)), image()
    missing, added = only(tell(one, other)), only(tell(other, one))
    assert (missing.rule, missing.severity) == ("distribution-missing", "error")
    assert missing.message == ("orjson is 3.10.18 in staging, not installed in production.")
    assert missing.remedy.startswith("install orjson==3.10.18 in production")
    assert (added.rule, added.severity) == ("distribution-added", "warning")
    assert added.message == "orjson is 3.10.18 in production, not installed in staging."
    assert drift(added).left is None


@pytest.mark.parametrize("tool", ["pip", "setuptools", "wheel", "uv"])
def test_what_only_installs_is_a_note(tool):
    assert only(tell(image(distributions=(dist(tool, "1"),)), image())).severity == "note"
    assert only(tell(image(), image(distributions=(dist(tool, "1"),)))).severity == "note"


def test_an_environment_that_does_not_run_matters_less():
    places = (venv(), venv("/opt/tools", active=False))

    def side(version):
        tools = dist("black", version, environment="/opt/tools", folder="/opt/tools/lib")
        return image(environments=places, distributions=(tools,))

    finding = only(tell(side("24.1"), side("25.1")))
    assert (finding.rule, finding.severity) == ("distribution-major", "warning")
    assert drift(finding).place == "/opt/tools"


def test_a_hot_patch():
    finding = only(
        tell(
            image(distributions=(dist("click", "8.1.8", record="r"),)),
            image(
                distributions=(
                    dist("click", "8.1.8", record="r", patched={"click/utils.py": "ab" * 32}),
                )
            ),
        )
    )
    assert (finding.rule, finding.severity) == ("distribution-patched", "error")
    assert finding.message == (
        "click 8.1.8 is as it was installed in staging, changed in click/utils.py in "
        "production: the version is the same."
    )
    assert drift(finding).paths == ("click/utils.py",)


def test_two_different_patches_differ_and_the_same_patch_does_not():
    one, other, again = (
        image(distributions=(dist("click", "8.1.8", patched={"click/utils.py": digest * 32}),))
        for digest in ("aa", "bb", "aa")
    )
    finding = only(tell(one, other))
    assert "aaaaaaaaaaaa" in finding.message
    assert "bbbbbbbbbbbb" in finding.message
    assert not drift(finding).hidden
    assert tell(one, again).findings == ()


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("requests/hooks.py", "error"),
        ("numpy/core/_multiarray.so", "error"),
        ("certifi/cacert.pem", "warning"),
        ("numpy/tests/test_numeric.py", "note"),
    ],
)
def test_missing_files(path, severity):
    finding = only(
        tell(
            image(distributions=(dist("requests", "2.32.3"),)),
            image(distributions=(dist("requests", "2.32.3", missing=(path,)),)),
        )
    )
    assert (finding.rule, finding.severity) == ("distribution-files-missing", severity)
    assert finding.message == (
        f"requests 2.32.3 is complete in staging, without {path} in production."
    )


def test_bytecode_is_no_difference():
    pyc = "six/__pycache__/six.cpython-311.pyc"
    left = image(distributions=(dist("six", "1", missing=(pyc,), patched={pyc: "aa"}),))
    assert tell(left, image(distributions=(dist("six", "1"),))).findings == ()


def test_another_build_of_the_same_version():
    left, right = (image(distributions=(dist("numpy", "2.2.6", record=r * 32),)) for r in "ab")
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("distribution-rebuilt", "warning")


def test_another_installer_is_one_note_and_explains_the_record():
    left, right = (
        image(
            distributions=tuple(
                dist(name, "1", record=tool, installer=tool) for name in ("a", "b", "c")
            )
        )
        for tool in ("pip", "uv")
    )
    finding = only(tell(left, right))
    assert (finding.rule, finding.severity) == ("distribution-installer", "note")
    assert finding.message == (
        "the installer of 3 distributions is pip in staging, uv in production."
    )


def test_another_source():
    finding = only(
        tell(
            image(distributions=(dist("shop", "1.0"),)),
            image(
                distributions=(
                    dist("shop", "1.0", source="git+https://user:pw@git.example/shop@abc"),
                )
            ),
        )
    )
    assert (finding.rule, finding.severity) == ("distribution-source", "warning")
    assert "pw" not in finding.message
    assert drift(finding).right == "git+https://***@git.example/shop@abc"


def test_another_folder_that_it_was_built_in_says_little():
    sides = (dist("shop", "1.0", source=f"file:///{folder}") for folder in ("srv/app", "src/app"))
    finding = only(tell(*(image(distributions=(side,)) for side in sides)))
    assert (finding.rule, finding.severity) == ("distribution-source", "note")


def test_sources_that_differ_in_a_password_alone_say_so_without_it():
    left, right = (
        image(distributions=(dist("a", "1", source=f"https://u:{pw}@x.example/a.whl"),))
        for pw in ("one", "two")
    )
    finding = only(tell(left, right))
    assert drift(finding).hidden
    assert finding.message == "a 1 has one value in staging and another in production."


def test_of_a_path_only_the_version_is_known():
    known = dist("a", "1", read=False, installer="")
    full = dist("a", "1", record="r", patched={"a.py": "aa"}, source="git+https://x.example/a@b")
    assert tell(image(distributions=(known,)), image(distributions=(full,))).findings == ()
    changed = tell(image(distributions=(known,)), image(distributions=(dist("a", "2"),)))
    assert rules(changed) == ["distribution-major"]


def test_a_changed_version_tells_no_more_of_the_same_distribution():
    comparison = tell(
        image(distributions=(dist("a", "1", record="r", patched={"a.py": "aa"}),)),
        image(distributions=(dist("a", "2", record="s", missing=("b.py",), installer="pip"),)),
    )
    assert rules(comparison) == ["distribution-major"]


def test_leftovers_in_one_folder():
    finding = only(
        tell(
            image(distributions=(dist("six", "1.17"),)),
            image(distributions=(dist("six", "1.16"), dist("six", "1.17"))),
        )
    )
    assert (finding.rule, finding.severity) == ("distribution-duplicate", "warning")
    assert drift(finding).right == "1.16 and 1.17"
    assert drift(finding).paths == (SITE,)


def test_the_same_leftovers_are_no_difference():
    side = image(distributions=(dist("six", "1.16"), dist("six", "1.17")))
    assert tell(side, side).findings == ()


def test_two_folders_of_one_environment_are_compared_each():
    def side(version):
        return image(
            distributions=(
                dist("yaml", "6.0", folder="/usr/lib/python3/dist-packages"),
                dist("yaml", version, folder="/usr/local/lib/python3.11/dist-packages"),
            )
        )

    assert [drift(f).left for f in tell(side("6.0.1"), side("6.0.2")).findings] == ["6.0.1"]


def test_another_python_has_its_folder_elsewhere():
    left = image(distributions=(dist("six", "1"),))
    right = image(distributions=(dist("six", "1", folder=SITE.replace("3.11", "3.12")),))
    assert tell(left, right).findings == ()


def test_a_lock_stands_against_the_active_environment():
    system = venv("/usr", kind="system", active=False)
    production = image(
        environments=(system, venv()),
        distributions=(
            dist("django", "5.2.2"),
            dist("pip", "25"),
            dist("python-apt", "2.6", environment="/usr", folder="/usr/lib/python3/dist-packages"),
        ),
    )
    comparison = tell(lock(("django", "5.2.1"), ("celery", "5.5.2")), production)
    assert told(comparison) == [
        ("distribution-missing", "error", "celery"),
        ("distribution-patch", "warning", "django"),
        ("distribution-added", "note", "pip"),
    ]
    assert comparison.left_out == ("os", "native", "system", "settings", "files")


def test_a_lock_knows_no_installer_and_no_record():
    production = image(distributions=(dist("a", "1", record="r", source="file:///src/a"),))
    finding = only(tell(lock(("a", "1")), production))
    assert (finding.rule, finding.severity) == ("distribution-source", "note")


def test_a_hot_patch_is_seen_against_a_lock():
    production = image(distributions=(dist("a", "1", patched={"a.py": "aa"}),))
    assert rules(tell(lock(("a", "1")), production)) == ["distribution-patched"]


def test_a_lock_says_less_of_python_than_an_image():
    assert tell(lock(python="3.11"), image()).findings == ()
    finding = only(tell(lock(python="3.12"), image()))
    assert (finding.rule, finding.severity) == ("python-version", "error")


def test_names_from_strangers_stay_on_their_line():
    finding = only(tell(image(distributions=(dist("a\n::error::x", "1\x1b[31m"),)), image()))
    assert "\n" not in finding.message + finding.remedy
    assert "\x1b" not in finding.message + finding.remedy


CONTAINER = Identity(config="sha256:c", container="c0ffee")


def test_what_was_removed_in_a_container_comes_back_with_its_image():
    brought = step(6, "RUN pip install")
    left = image(distributions=(dist("six", "1", brought=brought),))
    right = image("container:web", identity=CONTAINER, removed={(SITE, "six"): step(0, "")})
    finding = only(tell(left, right))
    assert (drift(finding).left_by, drift(finding).right_by) == (brought, step(0, ""))
    assert finding.remedy == "recreate container:web from its image"


def test_a_layer_that_removed_a_distribution_is_named():
    right = image(removed={(SITE, "six"): step(8, "RUN pip uninstall six")})
    finding = only(tell(image(distributions=(dist("six", "1"),)), right))
    assert drift(finding).right_by == step(8, "RUN pip uninstall six")
    assert finding.remedy == "install six==1 in production, as was tested"


def test_a_container_of_the_image_that_was_tested_has_lost_what_it_lacks():
    left = image(packages=(deb("jq", "1.6"),), identity=Identity(config="sha256:c"))
    finding = only(tell(left, image("container:web", identity=CONTAINER)))
    assert drift(finding).right_by == Provenance(layer=0)
    other = replace(CONTAINER, config="sha256:d")
    assert drift(only(tell(left, image(identity=other)))).right_by is None


@pytest.mark.parametrize(("rule", "turned"), [("distribution-added", False),
                                              ("distribution-missing", True)])  # fmt: skip
def test_a_list_of_direct_pins_makes_notes_of_what_it_does_not_name(rule, turned):
    sides = [replace(lock(), direct=True), image(distributions=(dist("six", "1"),))]
    finding = only(tell(*(reversed(sides) if turned else sides)))
    assert (finding.rule, finding.severity) == (rule, "note")
    assert "pip freeze or uv pip compile" in finding.remedy
