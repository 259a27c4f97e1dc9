from __future__ import annotations

import io
import posixpath
import random
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.images import tar as module
from depcheck.images.table import BrokenLayer
from depcheck.images.tar import Member, TarReader
from tests.support.tars import chunked, header, member, padded, pax, pax_record, tar_of

Read = list[tuple[Member, bytes]]


def read(data: bytes, size: int = 1 << 16) -> Read:
    reader = TarReader(chunked(data, size))
    return [(each, b"".join(reader.content())) for each in reader]


def names(data: bytes) -> list[str]:
    return [each.path for each, _ in read(data)]


KINDS = {
    tarfile.REGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link",
    tarfile.LNKTYPE: "file", tarfile.CHRTYPE: "device", tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "device",
}  # fmt: skip

part = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\\"), min_size=1, max_size=60
).filter(lambda text: text not in (".", "..") and len(text.encode()) < 240)
path = st.lists(part, min_size=1, max_size=5).map("/".join)
owner = st.one_of(st.integers(0, 0o7777777), st.integers(0, 2**32 - 1))


@st.composite
def infos(draw: st.DrawFn) -> tuple[tarfile.TarInfo, bytes]:
    kind = draw(st.sampled_from(list(KINDS)))
    info = tarfile.TarInfo(draw(st.sampled_from(["", "./", "/"])) + draw(path))
    info.type, info.mode = kind, draw(st.integers(0, 0o7777))
    info.uid, info.gid = draw(owner), draw(owner)
    if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        info.linkname = draw(path)
    content = b""
    if kind == tarfile.REGTYPE:
        content = draw(st.binary(max_size=2000)) * draw(st.integers(1, 9))
    info.size = len(content)
    return info, content


@settings(max_examples=150, deadline=None)
@given(
    members=st.lists(infos(), max_size=6),
    form=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    size=st.integers(1, 6000),
)
def test_what_tarfile_writes_is_read(
    members: list[tuple[tarfile.TarInfo, bytes]], form: int, size: int
) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, encoding="utf-8") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    came = read(out.getvalue(), size)
    assert len(came) == len(members)
    for (info, content), (each, stored) in zip(members, came, strict=True):
        assert each.path == posixpath.normpath(info.name.lstrip("/"))
        assert (each.kind, each.hard) == (KINDS[info.type], info.type == tarfile.LNKTYPE)
        assert (each.mode, each.uid, each.gid) == (info.mode, info.uid, info.gid)
        assert (each.size, stored) == (len(content), content)
        assert each.link == info.linkname


def test_ustar_names_in_two_parts() -> None:
    out = io.BytesIO()
    name = "a" * 90 + "/" + "b" * 95
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(member(name))
    assert names(out.getvalue()) == [name]


def test_a_prefix_counts_in_ustar_alone() -> None:
    assert names(header(b"name", prefix=b"pre")) == ["pre/name"]
    assert names(header(b"name", prefix=b"1700000000", magic=b"ustar  \0")) == ["name"]
    assert names(header(b"name", prefix=b"junk", magic=bytes(8))) == ["name"]


def test_old_tars_tell_folders_by_a_slash() -> None:
    came = read(header(b"etc/", kind=b"\0", magic=bytes(8)) + header(b"etc/x", kind=b"\0"))
    assert [(each.path, each.kind) for each, _ in came] == [("etc", "folder"), ("etc/x", "file")]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./", ""), (".", ""), ("/", ""), ("./usr/bin/", "usr/bin"), ("/usr//bin", "usr/bin"),
        ("usr/./bin", "usr/bin"), ("usr/x/../bin", "usr/bin"), (".hidden", ".hidden"),
        ("..data/x", "..data/x"), ("...", "..."), ("a/.", "a"), ("//x", "x"),
    ],
)  # fmt: skip
def test_names_become_paths_below_the_root(name: str, path: str) -> None:
    assert names(header(name.encode())) == [path]


@pytest.mark.parametrize("name", ["../x", "..", "a/../../x", "/../etc/passwd", "./../\x1b]8;;x"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    for data in (header(name.encode()), pax(("path", name)) + header(b"x")):
        with pytest.raises(BrokenLayer, match="leads out of the image") as caught:
            read(data)
        assert caught.value.message.isprintable()


def test_hard_links_that_lead_out_are_refused_and_symbolic_ones_kept_as_text() -> None:
    with pytest.raises(BrokenLayer, match="leads out"):
        read(header(b"x", kind=b"1", link=b"../../etc/shadow"))
    ((link, _),) = read(header(b"x", kind=b"2", link=b"../../etc/shadow"))
    assert link.link == "../../etc/shadow"


def test_names_that_are_no_utf8_stay_apart_and_printable() -> None:
    raw = [b"a\xff", b"a\\xff", b"a\\x5cxff", b"a\\x2d", b"a\\", "ä".encode()]
    came = names(b"".join(map(header, raw)))
    assert came == ["a\\xff", "a\\x5cxff", "a\\x5cx5cxff", "a\\x2d", "a\\", "ä"]
    assert all(name.isprintable() and name.encode() for name in came)


def test_an_extended_header_has_the_last_word() -> None:
    records = pax(("path", "né\n/x"), ("size", "3"), ("uid", "70000"), ("linkpath", ""))
    (each, content), (after, _) = read(
        records + header(b"short", size=0) + padded(b"abc") + header(b"b")
    )
    assert (each.path, each.size, each.uid, content) == ("né\n/x", 3, 70000, b"abc")
    assert (after.path, after.uid) == ("b", 0)


def test_a_size_that_differs_never_lets_hidden_members_in() -> None:
    # CVE-2025-62518: who skips by the header's size 0 takes the content for members.
    hidden = header(b"hidden", size=4) + padded(b"evil")
    data = pax(("size", str(len(hidden)))) + header(b"outer", size=0) + hidden + header(b"last")
    assert names(data) == ["outer", "last"]
    # And the other way round: the header says more than the record.
    data = pax(("size", "0")) + header(b"outer", size=len(hidden)) + hidden + header(b"last")
    assert names(data) == ["outer", "hidden", "last"]


def test_the_size_of_an_extended_header_is_its_own() -> None:
    name = b"long" * 60
    data = pax(("size", "5")) + header(b"L", len(name), b"L") + padded(name)
    came = read(data + header(b"x", 512) + padded(b"12345"))
    assert [(each.path, content) for each, content in came] == [(name.decode(), b"12345")]


def test_folders_and_links_hold_nothing_whatever_they_say() -> None:
    data = b"".join(
        header(b"m%d" % n, 512, kind) for n, kind in enumerate((b"1", b"2", b"5", b"6"))
    )
    assert names(data + header(b"end")) == ["m0", "m1", "m2", "m3", "end"]


def test_an_empty_record_takes_back_and_the_last_of_two_counts() -> None:
    assert names(pax(("path", "a"), ("path", "")) + header(b"b")) == ["b"]
    assert names(pax(("path", "a"), ("path", "c")) + header(b"b")) == ["c"]
    assert names(pax(("path", "a")) + pax(("comment", "x")) + header(b"b")) == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        b"9999 path=x\n", b"x path=y\n", b"10 path=ab", b"-5 path=x\n", b"0 path=x\n",
        b"9 pathxxx\n", b"7 =abcd\n", b"\0\0\0\0", b"12 path=x\0yz\n", b"11 size=-12\n",
        b"11 size=0x1\n", b"29 size=99999999999999999999\n", b"10 size=1_\n", b"11 path=",
    ],
)  # fmt: skip
def test_extended_headers_that_make_no_sense_are_refused(body: bytes) -> None:
    with pytest.raises(BrokenLayer):
        read(header(b"pax", len(body), b"x") + padded(body) + header(b"x"))


def test_global_records_that_move_members_are_refused_and_others_passed_over() -> None:
    assert names(pax(("comment", "0123abcd"), ("uid", "5"), kind=b"g") + header(b"x")) == ["x"]
    for key in ("path", "linkpath", "size", "GNU.sparse.é"):
        with pytest.raises(BrokenLayer, match="ambiguous"):
            read(pax((key, "1"), kind=b"g") + header(b"x", 512) + bytes(512))


def test_old_sparse_files_are_passed_over_exactly() -> None:
    def spans(*numbers: int) -> bytes:
        return b"".join(b"%011o\0" % number for number in numbers)

    start = header(
        b"sparse", 1024, b"S", magic=b"ustar  \0",
        sparse=spans(0, 512, 4096, 512, 0, 0, 0, 0) + b"\x01" + spans(1 << 20),
    )  # fmt: skip
    more = spans(9000, 0).ljust(504, b"\0") + b"\0" + bytes(7)
    (each, content), (after, _) = read(start + more + b"d" * 1024 + header(b"after"))
    assert (each.path, each.size, content) == ("sparse", 1 << 20, b"d" * 1024)
    assert each.sparse
    assert after.path == "after"


def test_sparse_files_of_extended_headers_have_their_name_and_real_size() -> None:
    data = pax(
        ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "real"), ("GNU.sparse.realsize", "99999"),
    )  # fmt: skip
    ((each, content),) = read(data + header(b"GNUSparseFile.0/real", 512) + padded(b"1\n0\n1\nx"))
    assert (each.path, each.size, len(content)) == ("real", 99999, 512)
    assert each.sparse


def test_numbers_in_base_256() -> None:
    ((each, _),) = read(
        header(b"x", uid=b"\x80\0\0\0\0\x01\0\0", length=b"\x80" + bytes(10) + b"\0")
    )
    assert each.uid == 65536
    for number in (b"\xff" * 12, b"\x80" + b"\xff" * 11):
        with pytest.raises(BrokenLayer, match="absurd"):
            read(header(b"x", length=number))
    for number in (b"-0000000001\0", b"0o777\0", b"1_0\0", b"99\0", b"+7\0"):
        with pytest.raises(BrokenLayer, match="number that is none"):
            read(header(b"x", length=number.ljust(12, b"\0")))
    with pytest.raises(BrokenLayer, match="owner"):
        read(header(b"x", uid=b"\x80\0\0\1\0\0\0\0"))


def test_signed_checksums_of_old_writers() -> None:
    block = bytearray(header("ä".encode()))
    total = sum(block) - sum(block[148:156]) + 256 - 2 * 256
    block[148:156] = b"%06o\0 " % total
    assert names(bytes(block)) == ["ä"]


@pytest.mark.parametrize("at", [0, 100, 124, 148, 156, 257, 345, 511])
def test_a_damaged_header_is_refused(at: int) -> None:
    block = bytearray(header(b"name", prefix=b"x"))
    block[at] ^= 0x01
    with pytest.raises(BrokenLayer):
        read(bytes(block))


def test_every_cut_inside_is_seen_and_a_missing_end_is_none() -> None:
    data = tar_of(("a", b"x" * 700), member("ü" * 70), ("b", b"y"), end=False)
    data = data[: len(data.rstrip(b"\0")) + -len(data.rstrip(b"\0")) % 512]
    assert names(data) == ["a", "ü" * 70, "b"]
    borders = {0, 512 * 3}
    for cut in range(0, len(data), 37):
        if cut not in borders:
            with pytest.raises(BrokenLayer, match="cut short"):
                read(data[:cut])


def test_an_extended_header_without_its_member_is_a_cut() -> None:
    with pytest.raises(BrokenLayer, match="cut short"):
        read(pax(("path", "x")) + bytes(1024))


def test_the_end_is_two_blocks_and_what_follows_is_nothing() -> None:
    assert names(header(b"a") + bytes(1024) + header(b"ghost")) == ["a"]
    assert names(header(b"a") + bytes(512)) == ["a"]
    with pytest.raises(BrokenLayer, match="half of its end"):
        read(header(b"a") + bytes(512) + header(b"ghost"))


def test_what_is_no_tar_is_refused() -> None:
    for data in (b"<html>not found</html>" * 100, b"x", random.Random(3).randbytes(5000)):
        with pytest.raises(BrokenLayer):
            read(data)
    with pytest.raises(BrokenLayer, match="unknown type"):
        read(header(b"x", kind=b"V"))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrokenLayer, match="name of"):
        read(pax(("path", "x" * 5000)) + header(b"x"))
    with pytest.raises(BrokenLayer, match="folders"):
        read(pax(("path", "a/" * 300)) + header(b"x"))
    with pytest.raises(BrokenLayer, match="extended header of"):
        read(header(b"x", 2 << 20, b"x"))
    with pytest.raises(BrokenLayer, match="extended header of"):
        read(header(b"x", 1 << 40, b"L"))
    with pytest.raises(BrokenLayer, match="does not end"):
        read(
            header(b"x", 0, b"S", sparse=bytes(96) + b"\1") + (bytes(504) + b"\1" + bytes(7)) * 3000
        )
    monkeypatch.setattr(module, "MOST_MEMBERS", 10)
    assert len(read(header(b"x") * 10)) == 10
    with pytest.raises(BrokenLayer, match="more than 10 members"):
        read(header(b"x") * 11)
    with pytest.raises(BrokenLayer, match="more than 10 members"):
        read(pax(("path", "y")) * 11)
    monkeypatch.setattr(module, "MOST_MEMBERS", 1000)
    with monkeypatch.context() as patch:
        patch.setattr(module, "MOST_EXTENDED_BYTES", 100_000)
        with pytest.raises(BrokenLayer, match="extended headers take"):
            read((pax(("comment", "x" * 4000)) + header(b"x")) * 30)
    monkeypatch.setattr(module, "MOST_NAME_BYTES", 1 << 20)
    with pytest.raises(BrokenLayer, match="names take more"):
        read((pax(("path", "x" * 4000)) + header(b"x")) * 300)


def test_content_may_be_left_or_half_read() -> None:
    data = tar_of(("a", b"1" * 3000), ("b", b"2" * 3000), ("c", b"3"))
    reader = TarReader(chunked(data, 100))
    seen = []
    for each in reader:
        if each.path == "b":
            next(reader.content())
        seen.append(each.path)
    reader.drain()
    assert seen == ["a", "b", "c"]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damage_never_ends_in_anything_but_a_clear_error(data: st.DataObject) -> None:
    whole = bytearray(
        pax(("path", "long"), ("size", "600")) + header(b"x") + bytes(1024)
        + header(b"l", 5, b"L") + padded(b"hello") + header(b"x", kind=b"1", link=b"long")
        + header(b"s", 0, b"S") + pax_record(b"a", b"b").ljust(512, b"\0")
    )  # fmt: skip
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    fixed = bytearray(whole)
    for at in range(0, len(fixed), 512):  # make the checksums right again: get past them
        fixed[at + 148 : at + 156] = b" " * 8
        fixed[at + 148 : at + 156] = b"%06o\0 " % sum(fixed[at : at + 512])
    told: list[str] = []
    for each in (whole, fixed):
        try:
            read(bytes(each))
        except BrokenLayer as error:
            told.append(error.message)
    assert all(message.isprintable() for message in told)
