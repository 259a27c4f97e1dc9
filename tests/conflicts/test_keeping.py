"""Stories of pins: what keeping the old version costs, and which pins hold together."""

from __future__ import annotations

from dataclasses import replace

from depcheck.model.findings import Shift
from depcheck.model.requirement import Origin, Pin
from tests.conflicts.stories import ai, ask, moved, picks, plain, release, web


def test_pins_that_cost_nothing_are_recommended_together():
    index = {"a": plain("1", "2"), "b": plain("1", "2"), "rec": plain("1")}
    report = ask(index, web("a", "b", lock={"a": "1", "b": "1"}), ai("rec"))
    assert report.keep == ("a==1", "b==1")
    assert picks(ask(index, web("a==1", "b==1"), ai("rec"))) == {"a": "1", "b": "1", "rec": "1"}


def test_pins_that_exclude_each_other_are_not_recommended_together():
    index = {
        "a": {"1": release("c<2"), "2": release()},
        "b": {"1": release("c>=2"), "2": release()},
        "c": plain("1", "2"),
        "rec": plain("1"),
    }
    report = ask(index, web("a", "b", lock={"a": "1", "b": "1"}), ai("rec"))
    assert report.keep == ("a==1",)


def test_a_pin_that_pushes_another_package_back_names_its_price():
    index = {
        "lib": plain("1", "2"),
        "rec": {"1": release(), "3": release("lib>=2")},
    }
    report = ask(index, web("lib", lock={"lib": "1"}), ai("rec"))
    finding = moved(report, "lib")
    assert isinstance(finding.evidence, Shift)
    assert finding.evidence.pin == "lib==1"
    assert finding.evidence.price == ("rec 3 → 1",)
    assert report.keep == ()


def test_a_pin_of_a_minor_shift_names_its_price_too():
    index = {
        "lib": plain("1.0", "1.1"),
        "rec": {"1": release(), "3": release("lib>=1.1")},
    }
    finding = moved(ask(index, web("lib", lock={"lib": "1.0"}), ai("rec")), "lib")
    assert isinstance(finding.evidence, Shift)
    assert (finding.evidence.grade, finding.evidence.pin) == ("minor", "lib==1.0")
    assert finding.evidence.price == ("rec 3 → 1",)
    assert finding.remedy == "Pin lib==1.0 to keep it, at the price of rec 3 → 1."


def test_one_dear_pin_makes_no_other_one_dear():
    free = {f"f{n}": plain("1.0", "1.1") for n in range(5)}
    index = {**free, "lib": plain("1", "2"), "rec": {"1": release(), "3": release("lib>=2")}}
    lock = {"lib": "1", **dict.fromkeys(free, "1.0")}
    report = ask(index, web("lib", *free, lock=lock), ai("rec"))
    prices = {
        f.evidence.name: f.evidence.price for f in report.findings if hasattr(f.evidence, "pin")
    }
    assert prices.pop("lib") == ("rec 3 → 1",)
    assert prices == {**dict.fromkeys(free, ()), "rec": ()}


def test_what_is_installed_stays_unless_something_asks_otherwise():
    index = {
        "django": plain("4", "5"),
        "requests": {"1": release("urllib3<2"), "2": release("urllib3")},
        "urllib3": plain("1", "2"),
        "rec": {"1": release("urllib3>=2")},
    }
    installed = {"django": "4", "requests": "1", "urllib3": "1"}
    origin = Origin(component="web", path="env:venv", line=None, text="")
    pins = tuple(Pin(name=n, version=v, origin=origin) for n, v in installed.items())
    core = replace(web("django", "requests"), source="env:venv", baseline=pins)
    report = ask(index, core, ai("rec"))
    assert picks(report) == {"django": "4", "requests": "2", "urllib3": "2", "rec": "1"}
    requests = moved(report, "requests").evidence
    assert isinstance(requests, Shift)
    assert (requests.before, requests.after, requests.forced) == ("1", "2", True)
