"""The comment step, against an API on loopback."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from action.api import Api, ApiError
from action.comment import comment_step, marker, within
from action.job import Job
from action.links import next_page
from tests.support.github_api import GitHubApi
from tests.support.pull_request import pull_request

BODY = "<!-- depcheck:check -->\n### CONFLICT\n"
PATH = "/repos/shop/shop/issues/1/comments"


@pytest.fixture
def step(tmp_path, api, capsys):
    """Run the step; give back what it printed."""

    def run(body=BODY, **environ):
        (tmp_path / "comment.md").write_text(body, encoding="utf-8")
        (tmp_path / "event.json").write_text(json.dumps(pull_request("a", "b")), encoding="utf-8")
        known = {
            "GITHUB_API_URL": api.url, "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_REPOSITORY": "shop/shop",
            "DEPCHECK_COMMENT": str(tmp_path / "comment.md"), "DEPCHECK_ERRORS": "1",
            "DEPCHECK_TOKEN": "secret-token", "INPUT_COMMENT": "true",
        }  # fmt: skip
        assert comment_step(Job({**known, **environ})) == 0
        return capsys.readouterr().out

    return run


def test_it_is_written_once_and_then_replaced(step, api):
    step()
    step(BODY.replace("CONFLICT", "GOOD"))

    (body,) = api.bodies()
    assert "GOOD" in body
    assert api.methods() == ["GET", "POST", "GET", "PATCH"]
    assert {bearer for *_, bearer in api.requests} == {"Bearer secret-token"}


def test_the_same_text_is_not_sent_again(step, api):
    step()
    step()

    assert api.methods() == ["GET", "POST", "GET"]


def test_it_is_found_on_a_later_page(step, api):
    api.page = 2
    for number in range(5):
        api.comment(f"comment {number}", login="somebody")
    step()
    step(BODY + "more\n")

    assert len(api.comments) == 6
    assert "more" in api.bodies()[5]


def test_another_configuration_has_a_comment_of_its_own(step, api):
    step()
    step(INPUT_CONFIG="other.toml")
    step(INPUT_ARGUMENTS="--python=3.12")

    assert len({marker(body) for body in api.bodies()}) == 3


@pytest.mark.parametrize("user", [None, "shop-bot"])
def test_a_stranger_who_writes_the_mark_gains_nothing(step, api, user):
    step()
    api.comments[0]["user"] = {"login": "stranger", "type": "User"}
    api.user = user
    step(BODY + "more\n")

    assert len(api.comments) == 2
    assert "more" not in api.bodies()[0]


def test_a_token_of_a_person_finds_the_persons_comment(step, api):
    api.user = "releaser"
    step()
    api.comments[0]["user"] = {"login": "releaser", "type": "User"}
    step(BODY + "more\n")

    assert len(api.comments) == 1


@pytest.mark.parametrize("access", ["read", "none"])
def test_a_token_that_may_not_write_is_a_notice(step, api, access):
    api.access = access

    said = step()

    assert said.startswith("::notice title=depcheck::No comment was written")
    assert "pull-requests: write" in said
    assert "secret-token" not in said


def test_with_auto_it_is_a_line_in_the_log(step, api):
    api.access = "read"

    said = step(INPUT_COMMENT="auto")

    assert said.startswith("depcheck: No comment was written")


def test_a_text_that_the_api_refuses_is_a_notice(step, api):
    api.answer("POST", PATH, 422, {"message": "Validation\n::error::Failed"})

    said = step()

    assert "(HTTP 422)" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "headers", [{"Retry_After": "0"}, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "1"}]
)
@pytest.mark.parametrize("status", [403, 429])
def test_a_rate_limit_is_waited_for_once(step, api, status, headers):
    api.answer("POST", PATH, status, {"message": "slow down"}, **headers)

    step()

    assert api.methods() == ["GET", "POST", "POST"]
    assert len(api.comments) == 1


def test_a_long_rate_limit_is_not_waited_for(step, api):
    api.answer("POST", PATH, 429, {"message": "slow down"}, Retry_After="3600")

    assert "slow down" in step()
    assert api.methods() == ["GET", "POST"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_does_not_follow_to_another_host(step, api, status):
    with GitHubApi() as other:
        api.answer("GET", PATH, status, None, Location=f"{other.url}{PATH}?page=1")
        said = step()

    assert other.requests == []
    assert "another place" in said


def test_a_renamed_repository_is_found_at_its_new_place(step, api):
    api.answer("GET", PATH, 301, None, Location="/repos/shop/store/issues/1/comments")

    step()

    assert api.methods() == ["GET", "GET", "POST"]


def test_a_next_page_elsewhere_is_not_asked(step, api):
    with GitHubApi() as other:
        api.answer("GET", PATH, 200, [], Link=f'<{other.url}{PATH}?page=2>; rel="next"')
        said = step()

    assert other.requests == []
    assert "another place" in said


@pytest.mark.parametrize(
    "environ",
    [
        {"INPUT_COMMENT": "false"},
        {"INPUT_COMMENT": "auto", "DEPCHECK_ERRORS": "0"},
        {"GITHUB_EVENT_NAME": "push"},
        {"DEPCHECK_COMMENT": ""},
    ],
)
def test_nothing_is_written_where_nothing_is_wanted(step, api, environ):
    step(**environ)

    assert api.comments == []


def test_without_a_token_nothing_is_asked(step, api):
    assert "there is no token" in step(DEPCHECK_TOKEN="")
    assert api.requests == []


def test_a_text_without_a_mark_is_not_posted_again_and_again(step, api):
    assert "no mark" in step("### CONFLICT\n")
    assert api.comments == []


def test_an_api_that_does_not_answer_is_a_notice(step, api):
    assert "no answer" in step(GITHUB_API_URL="http://127.0.0.1:9")


def test_an_api_that_answers_nonsense_is_a_notice(step, api):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        said = step(GITHUB_API_URL=f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()

    assert "no answer" in said


def test_a_server_error_is_told(api):
    api.answer("GET", PATH, 502, "bad gateway")

    with pytest.raises(ApiError, match="HTTP 502"):
        Api(url=api.url, token="t").ask("GET", PATH)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<http://a/?page=2>; rel="next", <http://a/?page=9>; rel="last"', "http://a/?page=2"),
        ('<http://a/?page=1>; rel="prev", <http://a/?x,y>; rel="next"', "http://a/?x,y"),
        ('<http://a/?page=9>; rel="last"', None),
        ('<http://a/>; rel="nextish"', None),
        ("", None),
    ],
)
def test_the_next_page_is_read_from_its_header(header, found):
    assert next_page(header) == found


@pytest.mark.parametrize(
    "line", ["", "hello", "x <!-- depcheck:check -->", "<!-- depcheck:check --> x", "<!-- a -->"]
)
def test_only_a_line_of_its_own_is_a_mark(line):
    assert marker(f"{line}\nbody") is None


class Raw(BaseHTTPRequestHandler):
    """Answers with bytes as they are, and no ``Content-Length``."""

    answer = b""
    pause = 0.0

    def do_GET(self):
        for line in self.answer.splitlines(keepends=True):
            self.wfile.write(line)
            self.wfile.flush()
            time.sleep(self.pause)

    def log_message(self, *_):
        pass


@pytest.fixture
def raw():
    """Serve bytes at an address, the lines of them with a pause between."""
    servers = []

    def serve(answer, pause=0.0):
        handler = type("Handler", (Raw,), {"answer": answer, "pause": pause})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads, server.block_on_close = True, False
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HEAD + b"[" * 200_000, "no answer"),
        (HEAD + b"<html>", "no answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n[]", "no answer"),
        (b"nonsense\r\n\r\n", "no answer"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n{", "HTTP 500"),
        (b"HTTP/1.1 500 No\r\n\r\n" + b"[" * 200_000, "HTTP 500"),
        (b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP 500"),
        (b"HTTP/1.1 429 No\r\nRetry-After: \xb2\r\n\r\n{}", "HTTP 429"),
        (b"HTTP/1.1 403 No\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: "
         + b"9" * 5000 + b"\r\n\r\n{}", "HTTP 403"),
        (b"HTTP/1.1 302 No\r\nLocation: http://[::1\r\n\r\n", "No comment"),
        (b"HTTP/1.1 302 No\r\nLocation: file:///etc/passwd\r\n\r\n", "No comment"),
    ],
)  # fmt: skip
def test_whatever_the_api_answers_it_is_a_notice(step, raw, answer, said, monkeypatch):
    monkeypatch.setattr("action.api._PATIENCE", 0)
    told = step(GITHUB_API_URL=raw(answer))

    assert said in told
    assert told.count("\n") == 1


def test_an_api_that_never_comes_to_an_end_does_not_hold_the_job(step, raw, monkeypatch):
    monkeypatch.setattr("action.comment._DEADLINE", 0.5)
    begun = time.monotonic()

    told = step(GITHUB_API_URL=raw(HEAD + b"[\n" * 300, pause=0.1))

    assert "took longer" in told
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("number", [None, "1/../../2", [], {}])
def test_a_comment_without_a_number_is_not_written_over(step, api, number):
    step()
    api.comments[0]["id"] = number

    assert "without its number" in step(BODY + "more\n")
    assert api.methods() == ["GET", "POST", "GET"]


@pytest.mark.parametrize("found", [None, 3, "x", [], {"body": 3}, {"body": None, "user": []}])
def test_entries_of_a_strange_shape_are_passed_over(step, api, found):
    api.answer("GET", PATH, 200, [found])

    step()

    assert len(api.comments) == 1


def test_a_fault_in_the_work_is_no_silence():
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: str(1 // 0))
