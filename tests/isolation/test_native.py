"""Clashes of native code between components, as the index's own wheels have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from depcheck.isolation.native import may_hide_clash, native_clashes
from depcheck.model.findings import Finding
from depcheck.model.report import Picked
from depcheck.model.walls import NativeClash
from tests.isolation.picking import pick, url

TORCH = pick("torch", "2.15.0")
SKLEARN = pick("scikit-learn", "1.9.1")
CUDART13 = pick("nvidia-cuda-runtime", "13.2.86")
CUDART12 = pick("nvidia-cuda-runtime-cu12", "12.9.79")
CUDNN13 = pick("nvidia-cudnn-cu13", "9.26.0.51")
CUDNN12 = pick("nvidia-cudnn-cu12", "9.28.0.42")
JAX = pick("jax-cuda12-plugin", "0.12.0")
IOMP = pick("intel-openmp", "2026.2.0")
PADDLE = pick("paddlepaddle", "3.3.1")
LLVM = pick("clanged", "1.0")
CASADI, ORTOOLS = pick("casadi", "3.8.2"), pick("ortools", "9.15")

FILES = {
    url(TORCH): ("torch/lib/libgomp.so.1", "torch/_C.cpython-311-x86_64-linux-gnu.so"),
    url(SKLEARN): ("scikit_learn.libs/libgomp-e985bcbb.so.1.0.0",),
    url(CUDART13): ("nvidia/cu13/lib/libcudart.so.13",),
    url(CUDART12): ("nvidia/cuda_runtime/lib/libcudart.so.12",),
    url(CUDNN13): ("nvidia/cudnn/lib/libcudnn.so.9", "nvidia/cudnn/lib/libcudnn_ops.so.9"),
    url(CUDNN12): ("nvidia/cudnn/lib/libcudnn.so.9", "nvidia/cudnn/lib/libcudnn_ops.so.9"),
    url(IOMP): ("intel_openmp-2026.2.0.data/data/lib/libiomp5.so",),
    url(PADDLE): ("paddle/libs/libiomp5.so",),
    url(LLVM): ("clanged.libs/libomp-14a8b2cf.so.5",),
    url(CASADI): ("casadi/libhighs.so.1", "casadi/libz.so.1", "casadi/libClp.so.1"),
    url(ORTOOLS): ("ortools/.libs/libhighs.so.1", "ortools/.libs/libz.so.1"),
}


def clashes(
    web: Sequence[Picked],
    ai: Sequence[Picked],
    alone: Mapping[str, Sequence[Picked]] | None = None,
    files: Mapping[str, tuple[str, ...]] = FILES,
) -> list[Finding]:
    joint = {"web": web, "ai": ai}
    return native_clashes(alone or joint, joint, files)


def evidence(finding: Finding) -> NativeClash:
    assert isinstance(finding.evidence, NativeClash)
    assert (finding.rule, finding.severity) == ("wall-native", "error")
    return finding.evidence


def test_two_majors_of_cuda_and_one_cudnn_over_the_other() -> None:
    found = clashes([TORCH, CUDART13, CUDNN13], [JAX, CUDART12, CUDNN12])
    cuda, library = (evidence(finding) for finding in found)
    assert (cuda.kind, cuda.left.library, cuda.right.library) == ("cuda", "CUDA 13", "CUDA 12")
    assert (cuda.left.component, cuda.right.component) == ("web", "ai")
    assert cuda.left.path == "nvidia/cu13/lib/libcudart.so.13"
    assert cuda.right.distribution == "nvidia-cuda-runtime-cu12"
    assert (library.kind, library.name) == ("library", "libcudnn.so.9")
    assert "one overwrites the other; so it is with 1 more file." in found[1].message
    assert "nvidia-cudnn-cu13 9.26.0.51" in found[1].message
    assert "13 or 12" in found[0].remedy


def test_without_files_names_tell() -> None:
    (finding,) = clashes([pick("cupy-cuda12x")], [pick("cupy-cuda11x")], files={})
    assert evidence(finding).kind == "cuda"
    assert "web's cupy-cuda12x 1.0 is for CUDA 12" in finding.message


def test_one_major_of_cuda_on_both_sides_is_no_wall() -> None:
    assert clashes([TORCH, CUDART13, CUDNN13], [pick("jax-cuda13-plugin"), CUDART13]) == []


def test_what_everyone_runs_is_no_wall() -> None:
    xgboost, numpy = pick("xgboost"), pick("numpy")
    files = FILES | {
        url(xgboost): ("xgboost/lib/libxgboost.so", "xgboost.libs/libgomp-e985bcbb.so.1.0.0"),
        url(numpy): ("numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0",),
    }
    assert clashes([numpy, SKLEARN], [numpy, TORCH, xgboost], files=files) == []
    assert clashes([SKLEARN], [TORCH, IOMP]) == []


def test_two_copies_of_llvms_openmp_abort() -> None:
    for other in (PADDLE, LLVM):
        (finding,) = clashes([IOMP], [other])
        assert evidence(finding).kind == "openmp"
        assert "aborts the process" in finding.message
    assert clashes([IOMP], [IOMP]) == []


def test_a_name_that_the_loader_knows_already() -> None:
    (finding,) = clashes([CASADI], [ORTOOLS])
    clash = evidence(finding)
    assert (clash.kind, clash.name) == ("library", "libhighs.so.1")
    assert clash.left.path == "casadi/libhighs.so.1"
    assert "loaded first" in finding.message


def test_what_overwrites_is_told_before_what_shares_a_name() -> None:
    files = {url(each): (f"{each.name}/libhighs.so.1", "y.abi3.so") for each in (CASADI, ORTOOLS)}
    names = [evidence(finding).name for finding in clashes([CASADI], [ORTOOLS], files=files)]
    assert names == ["y.abi3.so", "libhighs.so.1"]


def test_two_builds_of_one_extension_module() -> None:
    plain, headless = pick("opencv-python"), pick("opencv-python-headless")
    files = {url(plain): ("cv2/cv2.abi3.so",), url(headless): ("cv2/cv2.abi3.so",)}
    (finding,) = clashes([plain], [headless], files=files)
    assert evidence(finding).name == "cv2.abi3.so"


def test_what_a_component_has_alone_counts_against_nobody() -> None:
    both = [CUDART12, CUDNN12, CUDART13, CUDNN13, IOMP, PADDLE]
    assert clashes([CUDART12, IOMP], both) == []
    assert clashes(both, [CUDART13, CUDNN13, PADDLE]) == []


def test_what_only_the_joint_set_brings_together_counts() -> None:
    alone = {"web": [CUDART13], "ai": [CUDART13]}
    assert len(clashes([CUDART13], [CUDART12], alone)) == 1


def test_each_two_components_are_looked_at() -> None:
    joint = {"a": [CUDART12], "b": [TORCH], "c": [CUDART13], "d": [CUDART12]}
    found = [evidence(finding) for finding in native_clashes(joint, joint, FILES)]
    assert [(c.left.component, c.right.component) for c in found] == [("a", "c"), ("c", "d")]


def test_names_of_strangers_stay_on_one_line() -> None:
    one, other = pick("one"), pick("other")
    path = "x\n::error::y/libq.so.1"
    (finding,) = clashes([one], [other], files={url(one): (path,), url(other): (path,)})
    assert finding.message.isprintable()


class TestUnread:
    """What could hide in wheels whose lists of files could not be read."""

    ONE, OTHER = pick("casadi", "3.8.2"), pick("ortools", "9.15")

    def hides(self, *unread: Picked, **joint: list[Picked]) -> bool:
        return may_hide_clash(joint, {url(each) for each in unread})

    def test_two_components_that_each_bring_one(self) -> None:
        assert self.hides(self.ONE, self.OTHER, web=[self.ONE], ai=[self.OTHER])
        assert self.hides(self.ONE, self.OTHER, web=[self.ONE, TORCH], ai=[self.OTHER, TORCH])
        assert self.hides(self.ONE, self.OTHER, web=[TORCH], ai=[self.OTHER], tools=[self.ONE])

    def test_one_beside_what_could_be_read(self) -> None:
        assert self.hides(self.ONE, web=[self.ONE], ai=[self.OTHER])
        assert self.hides(self.ONE, self.OTHER, web=[self.ONE, self.OTHER], ai=[TORCH])

    def test_nothing_compiled_on_the_other_side(self) -> None:
        pure = pick("pure", tag="py3-none-any")
        assert not self.hides(self.ONE, self.OTHER, web=[self.ONE, self.OTHER], ai=[pure])

    def test_all_could_be_read(self) -> None:
        assert not self.hides(web=[self.ONE], ai=[self.OTHER])

    def test_what_all_bring_is_one_file(self) -> None:
        assert not self.hides(self.ONE, web=[self.ONE], ai=[self.ONE])
        assert not self.hides(self.ONE, self.OTHER, web=[self.ONE], ai=[self.ONE, self.OTHER])

    def test_an_sdist_never_tells(self) -> None:
        built = pick("a", tag="sdist")
        assert not self.hides(built, self.ONE, web=[built], ai=[self.ONE])
