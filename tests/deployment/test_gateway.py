"""The gateway's configuration: what HAProxy's checker says, and what a running HAProxy does."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from depcheck.deployment.compose import compose_file
from depcheck.deployment.gateway import fronts, gateway_files
from depcheck.deployment.plan import Plan
from depcheck.errors import ConfigurationError
from depcheck.model.isolation import Gateway
from tests.support import gateways
from tests.support.gateways import Answer, Front, gateway, name_server, service
from tests.support.plans import ai, core, plan, with_gateway
from tests.support.running import free_port


def text(**given: int) -> str:
    return only(with_gateway(**given))


def only(shop: Plan) -> str:
    (written,) = gateway_files(shop).values()
    return written


def at_once(front: Front, count: int) -> list[Answer]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: front.get("recommender"), range(count)))


# What is written


def test_no_guarded_service_listens_no_gateway() -> None:
    assert gateway_files(plan(core(), ai(port=None, health=None))) == {}
    assert gateway_files(plan(core())) == {}


def test_one_service_has_the_gateway() -> None:
    (front,) = fronts(plan(core(), ai("search"), ai("batch", port=None))).values()
    assert (front.name, front.file) == ("gateway", "gateway/haproxy.cfg")
    assert front.url == "http://gateway:9001"


def test_each_of_several_services_has_a_gateway_that_leads_nowhere_else() -> None:
    shop = plan(core(), ai("search"), ai("batch", port=None), ai("rank", port=7000))
    found = fronts(shop)
    assert {name: front.url for name, front in found.items()} == {
        "search": "http://gateway-search:9001",
        "rank": "http://gateway-rank:9001",
    }
    written = gateway_files(shop)
    assert list(written) == ["gateway/search.cfg", "gateway/rank.cfg"]
    servers = [re.findall(r"^ +server \S+ (\S+)", text, re.MULTILINE) for text in written.values()]
    assert servers == [["search:8000"], ["rank:7000"]]


@pytest.mark.parametrize(
    "services",
    [
        (ai(),),
        (ai(health=None),),
        (ai(replicas=3), ai("search", port=8001, health=None, replicas=2)),
        (ai("health"),),
        (ai(replicas=1000),),
        (ai(health="/a'b\"c$HOME%[src]\\ #d"),),
    ],
)
@pytest.mark.parametrize(
    "settings",
    [
        Gateway(),
        Gateway(rate=1, concurrency=1, queue=1, timeout=1, errors=1, pause=1),
        # The most that a configuration may say.
        Gateway(rate=10**6, concurrency=10**4, queue=3600, timeout=86400, errors=10**4, pause=3600),
    ],
)  # fmt: skip
def test_haproxy_itself_accepts_it_without_a_warning(
    services: tuple, settings: Gateway, tmp_path: Path
) -> None:
    written = gateway_files(plan(core(), *services, gateway=settings))
    assert len(written) == len(services)
    assert [gateways.checked(text, tmp_path) for text in written.values()] == [""] * len(written)


def test_what_the_checker_does_not_like_is_told(tmp_path: Path) -> None:
    assert "WARNING" in gateways.checked("frontend a\n    bind :9001\n", tmp_path)


@pytest.mark.parametrize("health", ["healthz", "/a\nserver evil evil:1", "/\x1b[0m"])
def test_a_health_path_that_is_no_data_is_refused(health: str) -> None:
    with pytest.raises(ConfigurationError):
        gateway_files(plan(core(), ai(health=health)))


@pytest.mark.parametrize(
    "name", ["a b", "a\n    server evil evil:1", "-x", "gateway", "gateway-a", "Ai"]
)
def test_a_name_that_is_no_service_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError):
        gateway_files(plan(core(), ai(name)))


def test_a_hostile_health_path_reaches_the_service_as_it_is() -> None:
    # $, quotes and % mean something to HAProxy elsewhere.
    path = "/a'b\"c$HOME%[src]"
    written = only(plan(core(), ai(health=path)))
    with service() as behind, gateway(written, {"recommender:8000": behind.port}):
        end = time.monotonic() + 5
        while not behind.seen and time.monotonic() < end:
            time.sleep(0.05)
    assert behind.seen[0] == f"GET {path}"


# What it does


def test_a_request_comes_through() -> None:
    with service() as behind, gateway(text(), {"recommender:8000": behind.port}) as front:
        assert front.get("recommender", "/rank?user=1", "POST", "{}").status == 200
    assert behind.asked == ["POST /rank?user=1"]


def test_too_many_requests_get_429_and_do_not_reach_the_service() -> None:
    with service() as behind, gateway(text(rate=5), {"recommender:8000": behind.port}) as front:
        answers = [front.get("recommender") for _ in range(12)]
        assert [answer.status for answer in answers] == [200] * 5 + [429] * 7
        assert json.loads(answers[-1].body) == {"error": "too many requests"}
        assert answers[-1].headers["content-type"] == "application/json"
        assert answers[-1].headers["retry-after"] == "1"
        assert len(behind.asked) == 5
        time.sleep(2.1)
        assert front.get("recommender").status == 200


def test_a_caller_above_the_rate_still_gets_as_much_as_the_rate() -> None:
    """Asked for without a pause: a limit, not a cut-off, however slow the machine is.

    Whoever is refused was let in as often as the rate within this second and the one before,
    over which HAProxy counts.
    """
    rate, let_in, begin = 10, [], time.monotonic()
    with service() as behind, gateway(text(rate=rate), {"recommender:8000": behind.port}) as front:
        while len(let_in) < 3 * rate:
            asked = time.monotonic()
            assert asked < begin + 60, "a cut-off"
            status = front.get("recommender").status
            assert status in (200, 429)
            if status == 200:
                let_in.append(time.monotonic())
            else:
                assert sum(at > asked - 2.1 for at in let_in) >= rate
    assert len(let_in) <= rate * (time.monotonic() - begin + 2)


def test_only_so_many_at_once_and_the_others_wait_for_a_while_then_get_503() -> None:
    with (
        service(delay=1.3) as behind,
        gateway(text(queue=2, timeout=9), {"recommender:8000": behind.port}) as front,
    ):
        answers = at_once(front, 8)
    assert behind.most == 2
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 503]
    assert len(served) == 4, "two at once, and two that waited for their turn"
    assert len(refused) == 4
    assert all(answer.seconds < 8 for answer in refused)
    assert json.loads(refused[0].body) == {"error": "unavailable"}


def test_past_a_length_of_the_queue_503_comes_at_once() -> None:
    with (
        service(delay=1.9) as behind,
        gateway(text(concurrency=1, timeout=5), {"recommender:8000": behind.port}) as front,
    ):
        answers = at_once(front, 12)
    at_the_door = [answer for answer in answers if '"busy"' in answer.body]
    assert len(at_the_door) >= 6
    assert all(answer.status == 503 and answer.seconds < 0.9 for answer in at_the_door)


def test_a_slow_service_is_given_up_with_504() -> None:
    with (
        service(delay=3) as behind,
        gateway(text(), {"recommender:8000": behind.port}) as front,
    ):
        answer = front.get("recommender")
    assert answer.status == 504
    assert json.loads(answer.body) == {"error": "no answer in time"}
    assert 0.9 < answer.seconds < 2.9


@pytest.mark.parametrize(("status", "told"), [(500, 500), (0, 502)])
def test_failures_open_the_breaker_and_it_closes_again(status: int, told: int) -> None:
    with (
        service(status=status) as behind,
        gateway(text(pause=2), {"recommender:8000": behind.port}) as front,
    ):
        assert [front.get("recommender").status for _ in range(3)] == [told] * 3
        front.until("recommender", 503, 1.5)
        before = len(behind.asked)
        answers = [front.get("recommender") for _ in range(10)]
        assert {answer.status for answer in answers} == {503}
        assert max(answer.seconds for answer in answers) < 0.9
        assert answers[0].headers["retry-after"] == "2"
        assert len(behind.asked) == before, "the service is left in peace"
        behind.status = 200
        assert 2 <= front.until("recommender", 200, 8) < 6


def test_answers_that_are_the_clients_fault_do_not_open_the_breaker() -> None:
    with (
        service(status=404) as behind,
        gateway(text(), {"recommender:8000": behind.port}) as front,
    ):
        assert {front.get("recommender").status for _ in range(20)} == {404}


def test_a_service_that_hangs_is_noticed_by_its_callers() -> None:
    with (
        service(delay=30) as behind,
        gateway(text(errors=2), {"recommender:8000": behind.port}) as front,
    ):
        assert [front.get("recommender").status for _ in range(2)] == [504, 504]
        assert front.get("recommender").seconds < 0.9


def test_a_request_whose_answer_failed_is_not_sent_again() -> None:
    with (
        service(status=0) as behind,
        gateway(text(), {"recommender:8000": behind.port}) as front,
    ):
        assert front.get("recommender", "/buy", "POST", "{}").status == 502
    assert behind.asked == ["POST /buy"]


def test_a_slow_client_takes_no_place_of_the_service() -> None:
    written = text().replace("timeout http-request 5s", "timeout http-request 1s")
    head = b"POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12"
    with (
        service() as behind,
        gateway(written, {"recommender:8000": behind.port}) as front,
        socket.create_connection(("127.0.0.1", front.ports["recommender"]), 5) as client,
    ):
        client.sendall(head)
        said = client.recv(4096).decode()
    assert said.startswith("HTTP/1.1 408 ")
    assert '{"error":"request too slow"}' in said
    assert behind.asked == []


def test_the_gateway_starts_before_the_service_and_finds_it_when_it_comes() -> None:
    names: dict[str, tuple[str, ...]] = {}
    port = free_port()
    written = text().replace("recommender:8000", f"recommender:{port}")
    with name_server(names) as resolver, gateway(written, names=resolver) as front:
        answer = front.get("recommender")
        assert (answer.status, answer.body) == (503, '{"error":"unavailable"}')
        assert answer.seconds < 0.9
        with service(port=port):
            names["recommender"] = ("127.0.0.1",)
            assert front.until("recommender", 200, 10) < 10


def test_a_service_that_moves_is_found_again() -> None:
    names = {"recommender": ("127.0.0.1",)}
    port = free_port()
    written = text().replace("recommender:8000", f"recommender:{port}")
    with name_server(names) as resolver, gateway(written, names=resolver) as front:
        with service(port=port):
            front.until("recommender", 200, 5)
        with service("127.0.0.2", port):
            names["recommender"] = ("127.0.0.2",)
            front.until("recommender", 200, 15)


def test_a_connection_that_one_replica_refuses_goes_to_the_other() -> None:
    port = free_port()
    shop = plan(core(), ai(replicas=2, port=port, health=None))
    written = only(shop)
    names = {"recommender": ("127.0.0.1", "127.0.0.2")}
    with (
        name_server(names) as resolver,
        service(port=port) as behind,
        gateway(written, names=resolver) as front,
    ):
        front.until("recommender", 200, 5)
        before = len(behind.asked)
        assert [front.get("recommender").status for _ in range(6)] == [200] * 6
        assert len(behind.asked) == before + 6


def test_the_gateways_own_health_does_not_depend_on_the_service() -> None:
    with gateway(text(), {"recommender:8000": free_port()}) as front:
        assert gateways.ask(front.health, "/healthz").status == 200
        assert gateways.ask(front.health, "/other").status == 404


def test_at_the_signal_of_compose_requests_under_way_get_their_answer() -> None:
    signal_name = yaml.safe_load(compose_file(plan()))["services"]["gateway"]["stop_signal"]
    with (
        service(delay=0.8) as behind,
        gateway(text(timeout=5), {"recommender:8000": behind.port}) as front,
        ThreadPoolExecutor(1) as pool,
    ):
        answer = pool.submit(front.get, "recommender")
        while not behind.now:
            time.sleep(0.02)
        front.process.send_signal(signal.Signals[signal_name])
        assert answer.result().status == 200
        assert front.process.wait(10) == 0
