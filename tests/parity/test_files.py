"""Files: each one where asked for, else a note for each folder."""

from __future__ import annotations

import pytest

from tests.parity.stories import deb, dist, drift, file, image, only, rules, tell, told


def at(states):
    return image(files=states)


@pytest.mark.parametrize(
    ("staging", "production", "rule"),
    [
        (file(), None, "file-removed"),
        (None, file(), "file-added"),
        (file("aa"), file("bb"), "file-changed"),
        (file(), file(digest="", kind="link", link="/x", size=0), "file-changed"),
        (file("", kind="link", link="/x"), file("", kind="link", link="/y"), "file-changed"),
        (file(), file(uid=1000), "file-owner"),
        (file(), file(mode=0o755), "file-mode"),
    ],
)
def test_each_file(staging, production, rule):
    left, right = (at({"/app/x": s} if s else {}) for s in (staging, production))
    finding = only(tell(left, right, files=True))
    assert (finding.rule, finding.severity) == (rule, "warning")
    assert drift(finding).paths == ("/app/x",)
    assert not drift(finding).hidden


def test_a_change_of_content_hides_neither_mode_nor_owner():
    left, right = at({"/app/x": file("aa")}), at({"/app/x": file("bb", mode=0o755, uid=5)})
    comparison = tell(left, right, files=True)
    assert rules(comparison) == ["file-changed", "file-owner", "file-mode"]
    assert next(s for s in comparison.summaries if s.aspect == "files").different == 1


def test_the_mode_of_a_link_and_the_size_of_a_folder_mean_nothing():
    left = at({"/a": file("", kind="link", link="x"), "/b": file("", kind="folder", size=1)})
    right = at(
        {"/a": file("", kind="link", link="x", mode=0o777), "/b": file("", kind="folder", size=2)}
    )
    assert tell(left, right, files=True).findings == ()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/ld.so.cache",
        "/var/lib/dpkg/status",
        "/var/cache/x",
        "/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache",
        "/etc/passwd-",
    ],
)
def test_what_every_build_writes_anew_is_a_note(path):
    left, right = (at({path: file(d)}) for d in ("aa", "bb"))
    assert only(tell(left, right, files=True)).severity == "note"


def test_packages_and_distributions_explain_the_files_that_they_list():
    listed = ("/usr/bin/jq", "/opt/venv/lib/python3.11/site-packages/six.py", "/opt/venv/bin/six")

    def side(version, digest):
        return image(
            accounted=frozenset(listed),
            packages=(deb("jq", version),),
            distributions=(dist("six", version),),
            files={
                "/usr/bin/jq": file(digest),
                "/opt/venv/lib/python3.11/site-packages/six.py": file(digest),
                "/opt/venv/bin/six": file(digest),
                "/usr/bin/perl": file(digest),
                "/app/main.py": file(digest),
            },
        )

    explained = tell(side("1.0", "aa"), side("1.1", "bb"), files=True)
    assert told(explained) == [
        ("distribution-minor", "warning", "six"),
        ("package-version", "warning", "jq"),
        ("file-changed", "warning", "/app/main.py"),
        ("file-changed", "warning", "/usr/bin/perl"),
        ("file-changed", "note", "/opt/venv/bin/six"),
        ("file-changed", "note", "/opt/venv/lib/python3.11/site-packages/six.py"),
        ("file-changed", "note", "/usr/bin/jq"),
    ]


def test_a_patched_file_is_not_told_again():
    path = "/opt/venv/lib/python3.11/site-packages/click/utils.py"
    left = image(distributions=(dist("click", "8"),), files={path: file("aa")})
    right = image(
        distributions=(dist("click", "8", patched={"click/utils.py": "bb"}),),
        files={path: file("bb")},
    )
    assert rules(tell(left, right, files=True)) == ["distribution-patched"]


def test_many_are_told_by_folder():
    left = at({f"/app/static/{n}.css": file() for n in range(60)} | {"/opt/b/x": file()})
    comparison = tell(left, at({}), files=True)
    assert told(comparison) == [
        ("file-removed", "warning", "/app"),
        ("file-removed", "warning", "/opt/b/x"),
    ]
    assert comparison.findings[0].message == (
        "60 files in /app are in staging, not there in production "
        "(/app/static/0.css, /app/static/1.css, /app/static/10.css and 57 more)."
    )
    assert len(drift(comparison.findings[0]).paths) == 60
    assert next(s for s in comparison.summaries if s.aspect == "files").different == 61


def test_without_files_the_application_is_a_note():
    left = at({"/app/a.py": file("aa"), "/app/b.py": file(), "/srv/x/c": file()})
    right = at({"/app/a.py": file("bb"), "/app/d.py": file(), "/srv/x/c": file(mode=0o600)})
    comparison = tell(left, right)
    assert told(comparison) == [
        ("application-files", "note", "/app"),
        ("application-files", "note", "/srv/x"),
    ]
    assert comparison.findings[0].message == (
        "application files in /app differ between staging and production: 1 added, 1 removed, "
        "1 changed (/app/a.py, /app/b.py, /app/d.py)."
    )
    assert drift(comparison.findings[0]).left == "2 files"
