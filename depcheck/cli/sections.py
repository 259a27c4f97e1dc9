"""The help of a command with many options: a heading over each group of them."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand


class SectionedCommand(TyperCommand):
    """A command whose help lists options under their ``rich_help_panel``, in order.

    Typer shows these panels only where it draws with rich, which takes longer to load than
    the whole help may take.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the sections of options."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(_section(parameter), []).append(record)
        for name, records in sections.items():
            with formatter.section(name):
                formatter.write_dl(records)


def _section(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or "Options"
