"""What could stand at the cursor: the words that a shell offers.

A shell's script (``completions/``) hands over the words and gets lines back, and quotes what
it inserts itself. Nothing that is printed here is ever run by it, and no word is offered that
would need quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["words", "files", "folders"]
Choices = tuple[tuple[str, str], ...]

_SAFE = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_FORMATS = re.compile(r"[a-z]+=")
_PATHS = re.compile(r"(?:archive|env|lock|oci|sbom):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where names come from that no option lists: each is asked only where it is needed.

    ``components`` and ``environments`` are the configuration's, ``rules`` are ids with titles,
    ``sides`` what a side of a comparison may begin with (``docker:``).
    """

    components: Callable[[], Iterable[str]]
    environments: Callable[[], Iterable[str]]
    rules: Callable[[], Iterable[tuple[str, str]]]
    sides: Callable[[], Iterable[str]]
    severities: tuple[str, ...]
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Words with what they mean, and whether names of files or folders fit as well.

    Those stand behind ``skip``, the beginning of the word at the cursor (``json=``).
    """

    kind: Kind = "words"
    choices: Choices = ()
    skip: str = ""

    def lines(self) -> Iterator[str]:
        """Give the kind with ``skip``, then each word, with a tab before what follows."""
        yield f"{self.kind}\t{self.skip}"
        for word, meaning in self.choices:
            yield f"{word}\t{' '.join(meaning.split())}"


def offer(root: Any, words: Sequence[str], known: Known) -> Offer:
    """Return what fits the last of ``words``, the one at the cursor, maybe empty.

    ``root`` is the program's command as the command-line library has it.
    """
    *before, current = words or [""]
    place = _Place(command=root)
    for word in before:
        if not place.passed(word):
            return Offer()
    found = place.offered(current, known)
    fitting = [
        (word, meaning)
        for word, meaning in found.choices
        if word.startswith(current) and _SAFE.fullmatch(word)
    ]
    return Offer(kind=found.kind, skip=found.skip, choices=tuple(fitting))


@dataclass(slots=True)
class _Place:
    """Where in the command line the cursor is, word after word."""

    command: Any
    waiting: Any = None
    arguments: int = 0
    is_over: bool = False
    used: set[str] = field(default_factory=set)

    def passed(self, word: str) -> bool:
        """Take a word in; return False where there is no such command."""
        if self.waiting is not None:
            self.waiting = None
        elif word == "--" and not self.is_over:
            self.is_over = True
        elif word.startswith("-") and not self.is_over:
            self._option(word)
        elif hasattr(self.command, "commands"):
            self.command = self.command.commands.get(word)
        else:
            self.arguments += 1
        return self.command is not None

    def _option(self, word: str) -> None:
        name, equals, _ = word.partition("=")
        option = _named(self.command, name)
        if option is None:
            return
        if not option.multiple:
            self.used.update(option.opts)
        if not option.is_flag and not equals:
            self.waiting = option

    def offered(self, current: str, known: Known) -> Offer:
        if self.waiting is not None:
            return _values(self.waiting, current, known)
        name, equals, value = current.partition("=")
        if current.startswith("-") and not self.is_over:
            option = _named(self.command, name) if equals else None
            return _behind(f"{name}=", _values(option, value, known)) if option else self._names()
        if hasattr(self.command, "commands"):
            return _commands(self.command)
        arguments = [p for p in self.command.params if p.param_type_name == "argument"]
        if not arguments or (self.arguments >= len(arguments) and arguments[-1].nargs != -1):
            return Offer()
        return _values(arguments[min(self.arguments, len(arguments) - 1)], current, known)

    def _names(self) -> Offer:
        names = [
            (name, option.help or "")
            for option in self.command.params
            if option.param_type_name == "option" and not option.hidden
            for name in option.opts
            if name.startswith("--") and name not in self.used
        ]
        return Offer(choices=(*names, ("--help", "Show how it is used.")))


def _named(command: Any, name: str) -> Any:
    options = (p for p in command.params if p.param_type_name == "option")
    return next((option for option in options if name in option.opts), None)


def _commands(group: Any) -> Offer:
    return Offer(
        choices=tuple(
            (name, command.get_short_help_str(100))
            for name, command in group.commands.items()
            if not command.hidden
        )
    )


def _behind(head: str, found: Offer) -> Offer:
    choices = tuple((head + word, meaning) for word, meaning in found.choices)
    return Offer(kind=found.kind, choices=choices, skip=head + found.skip)


def _values(parameter: Any, current: str, known: Known) -> Offer:
    """Return the values that a parameter takes, as its metavar or its type tells."""
    what = (parameter.metavar or "").strip("[].")
    choices = [str(getattr(c, "value", c)) for c in getattr(parameter.type, "choices", ())]
    if what == "FORMAT=]PATH":
        return _outputs(current)
    if choices:
        return _words(choices)
    if what in ("NAME=SOURCE", "NAME=FILE"):
        return _assigned(current, known)
    if what == "A,B":
        return _listed(current, tuple(known.components()))
    if what in ("LEFT", "RIGHT", "SOURCE") and (kind := _PATHS.match(current)):
        return Offer(kind="files", skip=kind[0])
    return _simple(what, known)


def _simple(what: str, known: Known) -> Offer:
    match what:
        case "FILE":
            return Offer(kind="files")
        case "DIR":
            return Offer(kind="folders")
        case "SOURCE":
            return Offer(kind="files", choices=(("env:", "an interpreter"),))
        case "TARGET":
            return Offer(kind="files", choices=(("container:", ""), ("project:", "")))
        case "SEVERITY":
            return _words(known.severities)
        case "PLATFORM":
            return _words(known.platforms)
        case "RULE" | "PATTERN":
            return Offer(choices=tuple(known.rules()))
        case "LEFT" | "RIGHT":
            return _words((*known.environments(), *known.sides()))
        case "SERVICE":
            return _words(known.components())
        case _:
            return Offer()


def _words(words: Iterable[str]) -> Offer:
    return Offer(choices=tuple((word, "") for word in words))


def _outputs(current: str) -> Offer:
    from depcheck.cli.formats import Format

    head = _FORMATS.match(current)
    if head:
        return Offer(kind="files", skip=head[0])
    return Offer(kind="files", choices=tuple((f"{each}=", "") for each in Format))


def _assigned(current: str, known: Known) -> Offer:
    name, equals, _ = current.partition("=")
    if equals:
        return Offer(kind="files", skip=f"{name}=")
    return _words(f"{name}=" for name in known.components())


def _listed(current: str, names: Sequence[str]) -> Offer:
    """Return what goes on a list with commas: names that are not on it yet."""
    head = current.rpartition(",")[0]
    taken = head.split(",") if head else []
    rest = [name for name in names if name not in taken]
    begin = f"{head}," if head else ""
    return _words(begin + name for name in rest)
