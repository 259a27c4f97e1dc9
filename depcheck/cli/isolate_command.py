"""``depcheck isolate``: its options."""

from __future__ import annotations

from typing import Annotated

import typer

from depcheck.cli import options
from depcheck.cli.grouping import grouped
from depcheck.cli.guard import guarded

_WISHES, _FILES, _AUDIT = "Wishes (what would it cost?)", "Files and proof", "Audit"


@grouped
def isolate(
    *,
    components: options.Components,
    together: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B",
            help="These components share a container; may be repeated.",
            rich_help_panel=_WISHES,
        ),
    ] = None,
    apart: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B",
            help="These components are kept apart; may be repeated.",
            rich_help_panel=_WISHES,
        ),
    ] = None,
    max_containers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=options.whole_number,
            help="No more containers than so many.",
            rich_help_panel=_WISHES,
        ),
    ] = None,
    deny_new_containers: Annotated[
        bool,
        typer.Option(
            "--deny-new-containers",
            help="No more containers than there are today.",
            rich_help_panel=_WISHES,
        ),
    ] = False,
    write: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Write locks, Dockerfiles, compose.yaml and the gateway there.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Overwrite files that were changed since they were written.",
            rich_help_panel=_FILES,
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Resolve each container again and, with an engine, build it and run pip check.",
            rich_help_panel=_FILES,
        ),
    ] = False,
    build_network: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Network of the builds of --verify, such as host.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    build_arg: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Hand this environment variable to the builds of --verify; may be repeated.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    audit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TARGET",
            help="Report the guard-rails that a compose file, container:NAME or project:NAME "
            "lacks, and nothing else; may be repeated.",
            rich_help_panel=_AUDIT,
        ),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="An AI component among the services audited; may be repeated.",
            rich_help_panel=_AUDIT,
        ),
    ] = None,
    index: options.Index,
    show_suppressed: options.ShowSuppressed = False,
    report: options.Reporting,
) -> None:
    """Divide the components into the fewest containers that work, and say why.

    Exit status: 0 nothing to tell, 1 findings (a wall is one), 2 wrong usage or
    configuration, 3 something could not be checked.
    """

    def action() -> int:
        from depcheck.cli.arguments import command_line, wanted
        from depcheck.cli.isolate_arguments import Asked, check_audit, check_files, write_path
        from depcheck.config import IsolationCommandLine

        given = IsolationCommandLine(
            check=command_line(components, index, fail_on=report.fail_on),
            together=tuple(together or ()),
            apart=tuple(apart or ()),
            max_containers=max_containers,
            deny_new=deny_new_containers,
            folder=write_path(write),
        )
        asked = Asked(
            write=write is not None,
            force=force,
            verify=verify,
            network=build_network,
            build_args=tuple(build_arg or ()),
        )
        outputs = wanted(report, show_suppressed=show_suppressed)
        if audit:
            from depcheck.cli.run_audit import run_audit

            check_audit(given, asked)
            return run_audit(
                audit,
                service or [],
                config=components.config,
                fail_on=report.fail_on,
                wanted=outputs,
            )
        from depcheck.cli.run_isolate import run_isolate

        check_files(asked, service or [])
        return run_isolate(given, asked, config=components.config, wanted=outputs)

    raise typer.Exit(guarded(action))
