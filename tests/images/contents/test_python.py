"""Python of an image: distributions against their RECORD, whole images and pairs."""

from __future__ import annotations

import pytest

from depcheck.errors import ImageError
from depcheck.images.contents.python import PythonContents, python_contents
from depcheck.images.table import LayerTable
from depcheck.images.view import View
from depcheck.model.inventory import Installed
from tests.support.contents import SITE, distribution, interpreter, venv
from tests.support.oci import OPAQUE, WHITEOUT, Entry, Symlink
from tests.support.views import pair, table, whole

PATH = "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"
CLICK = {"click/__init__.py": "from . import utils\n", "click/utils.py": "def echo(): ...\n"}
JWT = {"jwt/__init__.py": "", "jwt/api.py": "decode = None\n"}


def contents(view: View, *command: str) -> PythonContents:
    return python_contents(view, path=PATH, command=command)


def only(view: View) -> Installed:
    (found,) = contents(view).distributions
    return found


def versions(view: View) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in contents(view).distributions]


def base() -> LayerTable:
    return table(
        {
            **interpreter("3.11.2"),
            **venv("opt/venv", "3.11.2"),
            **distribution("click", "8.1.8", CLICK),
        }
    )


def test_an_untouched_distribution_is_told_with_all_that_is_known_of_it() -> None:
    vcs = '"vcs_info": {"vcs": "git", "commit_id": "abc"}'
    url = f'{{"url": "https://me:secret@git.example/jwt", {vcs}}}'
    found = only(whole(table(distribution("PyJWT", "2.10.1", JWT, direct_url=url))))
    assert (found.name, found.version, found.environment) == ("pyjwt", "2.10.1", "/opt/venv")
    assert found.folder == f"/{SITE}"
    assert found.source == "git+https://***@git.example/jwt@abc"
    assert found.installer == "pip"
    assert (dict(found.patched), found.missing) == ({}, ())
    assert found.read
    assert len(found.record) == 64
    assert found.brought is not None
    assert found.brought.layer == 1


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ('{"url": "file:///srv/app", "dir_info": {"editable": true}}', "editable file:///srv/app"),
        ('{"url": "file:///srv/app", "dir_info": {}}', "file:///srv/app"),
        (
            '{"url": "https://f.example/a.whl?sig=x", "archive_info": {"hash": "sha256=12"}}',
            "https://f.example/a.whl?***#sha256=12",
        ),
        ("[1]", "direct_url.json cannot be understood"),
        ("{", "direct_url.json cannot be understood"),
    ],
)
def test_the_source_is_what_direct_url_says(told: str, source: str) -> None:
    assert only(whole(table(distribution("a", "1", direct_url=told)))).source == source


def test_a_patched_and_a_deleted_file_are_told_with_their_layer() -> None:
    lower = base()
    patched = only(whole(lower, table({f"{SITE}/click/utils.py": "patched\n"})))
    assert list(patched.patched) == ["click/utils.py"]
    assert patched.brought is not None
    assert patched.brought.layer == 2
    missing = only(whole(lower, table({f"{SITE}/click/utils.py": WHITEOUT})))
    assert missing.missing == ("click/utils.py",)
    assert missing.brought is not None
    assert missing.brought.layer == 2
    gone = only(whole(lower, table({f"{SITE}/click": OPAQUE})))
    assert gone.missing == ("click/__init__.py", "click/utils.py")


def test_a_file_that_is_a_link_is_compared_by_what_it_leads_to() -> None:
    files = distribution("click", "8.1.8", CLICK)
    cached = {
        **files,
        f"{SITE}/click/utils.py": Symlink("/cache/x"),
        "cache/x": CLICK["click/utils.py"],
    }
    assert not only(whole(table(cached))).patched
    assert only(whole(table({**cached, "cache/x": "other"}))).patched
    dangling = {**files, f"{SITE}/click/utils.py": Symlink("/cache/x")}
    assert only(whole(table(dangling))).missing == ("click/utils.py",)


def test_two_versions_in_one_folder_are_both_told() -> None:
    both = {**distribution("a", "1", {"a.py": ""}), **distribution("a", "2", {"a.py": ""})}
    assert versions(whole(table(both))) == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize(
    "site",
    [
        f"{SITE}/pip/_vendor",
        f"{SITE}/setuptools/tests/data",
        "opt/conda/pkgs/a-1/lib/python3.11/site-packages",
        "root/.cache/uv/archive-v0/x",
        "srv/app/tests/data",
    ],
)
def test_what_is_not_installed_is_left_out(site: str) -> None:
    assert contents(whole(table(distribution("a", "1", site=site)))).distributions == ()


def test_egg_info_counts_in_a_site_folder_and_not_in_a_source_tree() -> None:
    told = "Metadata-Version: 1.0\nName: Old_Thing\nVersion: 1.2\n\nVersion: 9\n"
    site = "usr/lib/python3/dist-packages"
    entries: dict[str, Entry] = {
        f"{site}/Old_Thing-1.2.egg-info/PKG-INFO": told,
        f"{site}/flat-3.egg-info": "Name: flat\nVersion: 3\n",
        "srv/app/app.egg-info/PKG-INFO": "Name: app\nVersion: 0\n",
        f"{SITE}/app.egg-link": "/srv/app\n.\n",
    }
    found = contents(whole(table(entries))).distributions
    assert [(each.name, each.version, each.environment, each.source) for each in found] == [
        ("app", "0", "/opt/venv", "editable file:///srv/app"),
        ("flat", "3", "/usr", ""),
        ("old-thing", "1.2", "/usr", ""),
    ]


def test_records_of_system_packages_are_not_trusted() -> None:
    """Their builders strip libraries after RECORD was written."""
    for site, installer, trusted in (
        ("usr/lib/python3/dist-packages", "pip", False),
        ("usr/lib/python3.13/site-packages", "rpm", False),
        ("usr/lib/python3.13/site-packages", "pip", True),
        ("usr/local/lib/python3.13/site-packages", "", True),
    ):
        files = distribution("click", "8", CLICK, site=site, installer=installer)
        found = only(whole(table({**files, f"{site}/click/utils.py": "stripped"})))
        assert bool(found.patched) == trusted, (site, installer)


def test_files_that_conda_changed_are_compared_with_what_conda_says() -> None:
    site = "opt/conda/lib/python3.11/site-packages"
    meta = (
        '{"name": "openssl", "version": "3.3.1", "build": "h4_0", "subdir": "linux-64",'
        ' "paths_data": {"paths": [{"_path": "lib/python3.11/site-packages/click/utils.py",'
        ' "prefix_placeholder": "/x", "sha256_in_prefix": "%s"}]}}'
    )
    digest = "d69c5a3ea64b17e3b2a34f1d8e2f0a8f4a0e1cfa3b4d3b8b2dcf8c3d1e0a9f10"
    changed = {
        **distribution("click", "8", CLICK, site=site, installer="conda"),
        f"{site}/click/utils.py": "prefix",
    }
    described = {**changed, "opt/conda/conda-meta/openssl-3.3.1-h4_0.json": meta % ""}
    found = contents(whole(table(described)))
    assert not found.distributions[0].patched
    assert [(each.name, each.version, each.kind) for each in found.packages] == [
        ("openssl", "3.3.1-h4_0", "other")
    ]
    assert [(each.prefix, each.kind) for each in found.environments] == [("/opt/conda", "conda")]
    described["opt/conda/conda-meta/openssl-3.3.1-h4_0.json"] = meta % digest
    assert contents(whole(table(described))).distributions[0].patched


@pytest.mark.parametrize("broken", ["Name: a\n", None])
def test_metadata_that_cannot_be_understood_is_told(broken: str | None) -> None:
    files = distribution("a", "1", {"a.py": ""})
    metadata = f"{SITE}/a-1.dist-info/METADATA"
    del files[metadata]
    found = contents(whole(table(files if broken is None else {**files, metadata: broken})))
    assert found.distributions == ()
    assert [each.subject for each in found.undetermined] == [f"/{SITE}/a-1.dist-info"]


@pytest.mark.parametrize("broken", [b"\xff\xfe,,\n", Symlink("/nowhere"), '"' + "a" * 200_000])
def test_a_record_that_cannot_be_understood_is_told(broken: Entry) -> None:
    files = {**distribution("a", "1", {"a.py": ""}), f"{SITE}/a-1.dist-info/RECORD": broken}
    found = contents(whole(table(files)))
    assert [(each.name, each.version) for each in found.distributions] == [("a", "1")]
    assert [each.subject for each in found.undetermined] == [f"/{SITE}/a-1.dist-info/RECORD"]


def test_a_record_that_is_made_to_be_read_for_long_is_told() -> None:
    info = f"{SITE}/app-1.0.dist-info"
    for rows, reason in (
        ("a,,\n" * 100_001, "more than 100,000 lines"),
        ("a/" * 3000 + "b,,\n", "a path of 6,0"),
    ):
        view = whole(table({**distribution("app", "1.0"), f"{info}/RECORD": rows}))
        (untold,) = contents(view).undetermined
        assert untold.subject == f"/{info}/RECORD"
        assert reason in untold.reason


def test_more_files_than_any_image_lists_are_refused() -> None:
    rows = "".join(f"m{number},,\n" for number in range(90_000))
    held: dict[str, Entry] = {}
    for name in ("a", "b", "c"):
        held |= distribution(name, "1.0")
        held[f"{SITE}/{name}-1.0.dist-info/RECORD"] = rows
    with pytest.raises(ImageError, match="more than 250,000 files"):
        contents(whole(table(held)))


def test_a_broken_description_of_a_conda_package_is_told() -> None:
    found = contents(whole(table({"opt/conda/conda-meta/a-1-0.json": "[" * 100_000})))
    assert [each.subject for each in found.undetermined] == ["/opt/conda/conda-meta/a-1-0.json"]


def test_paths_that_leave_the_site_folder_are_followed() -> None:
    files = distribution("tool", "1", {"../../../bin/tool": "#!/opt/venv/bin/python\n"})
    files["opt/venv/bin/tool"] = files.pop(f"{SITE}/../../../bin/tool")
    found = contents(whole(table(files)))
    assert (found.distributions[0].missing, dict(found.distributions[0].patched)) == ((), {})
    assert "opt/venv/bin/tool" in found.owned


class TestPair:
    """Two images on shared layers, of which only the differing ones were read at first."""

    def test_other_versions_need_nothing_from_below(self) -> None:
        left, right = pair(
            [base()],
            [table(distribution("PyJWT", "2.10.1", JWT))],
            [table(distribution("PyJWT", "1.7.1", {"jwt/__init__.py": ""}))],
        )
        assert versions(left) == [("pyjwt", "2.10.1")]
        assert versions(right) == [("pyjwt", "1.7.1")]
        assert not left.asked | right.asked

    def test_a_removed_distribution_is_known_by_its_path(self) -> None:
        removed = {f"{SITE}/click": WHITEOUT, f"{SITE}/click-8.1.8.dist-info": WHITEOUT}
        left, right = pair([base()], [table({"srv/a": ""})], [table(removed)])
        assert only(left).version == "8.1.8"
        assert not only(left).read
        gone = contents(right)
        assert gone.distributions == ()
        assert f"{SITE}/click" in gone.owned
        assert not left.asked | right.asked

    def test_an_upgraded_distribution_is_known_by_its_path_on_the_other_side(self) -> None:
        newer = {
            **distribution("click", "8.2.0", CLICK),
            f"{SITE}/click-8.1.8.dist-info": WHITEOUT,
            f"{SITE}/click/old.py": WHITEOUT,
        }
        left, right = pair([base()], [table({"srv/a": ""})], [table(newer)])
        assert (versions(left), versions(right)) == ([("click", "8.1.8")], [("click", "8.2.0")])
        assert not left.asked | right.asked

    @pytest.mark.parametrize(("name", "there"), [("a", []), ("click", [("click", "8.1.8")])])
    def test_what_one_side_adds_may_have_been_there(
        self, name: str, there: list[tuple[str, str]]
    ) -> None:
        own, added = table({"srv/a": ""}), table(distribution(name, "8.1.8"))
        left, _ = pair([base()], [own], [added])
        contents(left)
        assert left.asked
        left, right = pair([base()], [own], [added], below=1)
        assert (versions(left), versions(right)) == (there, [(name, "8.1.8")])

    def test_an_environment_written_again_is_asked_for(self) -> None:
        again = table({**venv("opt/venv", "3.11.2"), **distribution("click", "8.1.8", CLICK)})
        own = table({"srv/a": ""})
        left, right = pair([base()], [own], [again])
        contents(left)
        assert left.asked
        left, right = pair([base()], [own], [again], below=1)
        assert versions(left) == versions(right) == [("click", "8.1.8")]

    @pytest.mark.parametrize("change", ["patched\n", WHITEOUT])
    def test_the_owner_of_a_touched_file_is_looked_for_below(self, change: Entry) -> None:
        top = table({f"{SITE}/click/utils.py": change})
        shared = [table({"etc/bottom": ""}), base(), table({"etc/above": ""})]
        own = table({"srv/a": ""})
        asked = []
        for below in range(3):
            left, right = pair(shared, [own], [top], below)
            found = contents(left), contents(right)
            asked.append(bool(left.asked | right.asked))
        assert asked == [True, True, False]  # the bottom is left alone
        (before,), (after,) = (each.distributions for each in found)
        assert (before.name, dict(before.patched), before.missing) == ("click", {}, ())
        assert after.name == "click"
        assert {*after.patched, *after.missing} == {"click/utils.py"}

    def test_metadata_touched_in_part_is_read_from_below(self) -> None:
        top = table({f"{SITE}/click-8.1.8.dist-info/INSTALLER": "uv\n"})
        own = table({"srv/a": ""})
        left, right = pair([base()], [own], [top])
        contents(right)
        assert right.asked
        left, right = pair([base()], [own], [top], below=1)
        assert (only(left).installer, only(right).installer) == ("pip", "uv")

    def test_a_file_that_nobody_owns_is_asked_for_and_then_left_alone(self) -> None:
        top = table({f"{SITE}/own_code/settings.py": ""})
        left, right = pair([base()], [table({"srv/a": ""})], [top])
        contents(right)
        assert right.asked
        left, right = pair([base()], [table({"srv/a": ""})], [top], below=1)
        assert contents(right).distributions == contents(left).distributions == ()
        assert f"{SITE}/own_code/settings.py" not in contents(right).owned

    def test_byte_code_is_nothing_to_ask_for(self) -> None:
        top = table({f"{SITE}/click/__pycache__/utils.cpython-311.pyc": b"x"})
        for view in pair([base()], [table({"srv/a": ""})], [top]):
            assert contents(view).distributions == ()
            assert not view.asked
