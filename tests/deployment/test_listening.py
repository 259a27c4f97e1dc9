"""Commands that keep their server on the loopback, and those that do not."""

from __future__ import annotations

import shlex

import pytest

from depcheck.deployment.listening import kept_to_itself, other_port


@pytest.mark.parametrize(
    ("command", "mend"),
    [
        ("uvicorn rec:app --port 9000", "--host 0.0.0.0"),
        ("uvicorn rec:app --host=127.0.0.1", "--host 0.0.0.0"),
        ("uvicorn rec:app --host localhost", "--host 0.0.0.0"),
        ("/opt/venv/bin/uvicorn rec:app", "--host 0.0.0.0"),
        ("python -m uvicorn rec:app", "--host 0.0.0.0"),
        ("python3.12 -u -m uvicorn rec:app", "--host 0.0.0.0"),
        ("sh -c 'exec uvicorn rec:app --port 9000'", "--host 0.0.0.0"),
        ("env LOG=1 uvicorn rec:app", "--host 0.0.0.0"),
        ("poetry run uvicorn rec:app", "--host 0.0.0.0"),
        ("gunicorn web:app", "--bind 0.0.0.0:9000"),
        ("gunicorn -b 127.0.0.1:9000 web:app", "--bind 0.0.0.0:9000"),
        ("gunicorn -b[::1]:9000 web:app", "--bind 0.0.0.0:9000"),
        ("hypercorn web:app", "--bind 0.0.0.0:9000"),
        ("daphne web:app", "--bind 0.0.0.0"),
        ("granian --interface asgi web:app", "--host 0.0.0.0"),
        ("flask --app web run", "--host 0.0.0.0"),
        ("python manage.py runserver", "0.0.0.0:9000"),
        ("python manage.py runserver 9000 --noreload", "0.0.0.0:9000"),
        ("django-admin runserver localhost:9000", "0.0.0.0:9000"),
        ("waitress-serve --listen=127.0.0.1:9000 web:app", "--listen 0.0.0.0:9000"),
        ("mlflow models serve -m models/1", "--host 0.0.0.0"),
    ],
)
def test_on_the_loopback(command: str, mend: str) -> None:
    found = kept_to_itself(shlex.split(command), 9000)
    assert found is not None
    assert found[1] == mend


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn rec:app --host 0.0.0.0",
        "uvicorn rec:app --host=::",
        "uvicorn rec:app --host ''",
        "uvicorn rec:app --uds /run/a.sock",
        "sh -c 'uvicorn rec:app --host \"$HOST\"'",
        "gunicorn -b :9000 web:app",
        "gunicorn -b 127.0.0.1:9000 -b 0.0.0.0:9000 web:app",
        "gunicorn --bind unix:/run/a.sock web:app",
        "gunicorn -c conf.py web:app",
        "waitress-serve web:app",
        "python -m http.server",
        "flask --app web shell",
        "fastapi run web.py",
        "python manage.py runserver 0:9000",
        "python manage.py migrate",
        "python web.py --server uvicorn",
        "python uvicorn.py",
        "",
        "sh -c",
        "python -m",
        "sh -c 'ls \"'",
        "env",
    ],
)
def test_elsewhere_or_not_known(command: str) -> None:
    assert kept_to_itself(shlex.split(command), 9000) is None


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn rec:app --host 0.0.0.0 --port 9000",
        "uvicorn rec:app --port=9000",
        "sh -c 'exec uvicorn rec:app --port 9000'",
        "gunicorn -b :9000 web:app",
        "gunicorn -b [::]:9000 web:app",
        "hypercorn --bind=0.0.0.0:9000 web:app",
        "daphne -b 0.0.0.0 -p 9000 web:app",
        "granian --port 9000 web:app",
        "waitress-serve --listen=*:9000 web:app",
        "waitress-serve --port=9000 web:app",
        "flask --app web run -p9000",
        "fastapi run web.py --port 9000",
        "mlflow models serve -m models/1 -p 9000",
        "python manage.py runserver 0.0.0.0:9000",
        "python manage.py runserver 9000",
    ],
)
def test_a_port_that_the_command_contradicts(command: str) -> None:
    assert other_port(shlex.split(command), 9001) == 9000
    assert other_port(shlex.split(command), 9000) is None


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn rec:app",
        "uvicorn rec:app --port '$PORT'",
        "gunicorn -b 0.0.0.0 web:app",
        "gunicorn -b unix:/run/a.sock web:app",
        "gunicorn -b :9000 -b :9001 web:app",
        "gunicorn -p 9000 web:app",  # a file of the process's number
        "flask --app web shell --port 9000",
        "python manage.py migrate 9000",
        "python web.py --port 9000",
        "",
    ],
)
def test_a_port_that_the_command_does_not_tell(command: str) -> None:
    assert other_port(shlex.split(command), 9001) is None
