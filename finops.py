"""The command `finops`: ties the rooms together. It imports every room; no room imports it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from typer.exceptions import TyperException

import dashboards.cli
import dbt_project.cli
import dbt_project.explain_cli
import ingestion.cli
import ingestion.collecting.cli
import ingestion.deliveries_cli
import ingestion.synthetic.cli
import lambdas.approve_cli
import lambdas.cli
import quality.cli
import quality.reconciling.cli
from lake import aws, zones
from lake.errors import CheckFailedError, FinopsError, LakeError, SettingsError
from lake.metering import reported
from lake.output import Output
from lake.process import EXIT_INTERRUPTED, Interruption, ensure_home
from lake.settings import DEFAULT_LAKE, Settings
from lake.workspace import Workspace

EXIT_OUR_FAULT = 70

# What DuckDB says when Ctrl-C reaches it in a query.
_INTERRUPTED_ENGINE = ("Query interrupted", "INTERRUPT Error")

_GLOBAL_FLAGS = {"--json": 0, "--quiet": 0, "-q": 0, "--verbose": 0, "-v": 0, "--lake": 1, "--profile": 1}


app = typer.Typer(
    name="finops",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    rich_markup_mode="markdown",
    help="""
Cost marts from AWS bills, proved to the cent, and actions that run only on proved numbers.

    finops run --bills PATH     a bill in, marts, verdicts, a plan and a page out
    finops doctor               is everything in place?

**Exit codes:** 0 done. 1 a check failed or a gate is closed. 2 wrong use or bad input. 3 the budget of Athena
is spent. 70 a fault of finops itself. 130 interrupted, 143 told to stop.
""",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"finops {importlib.metadata.version('aws-finops-cost-optimizer')}\n")
        raise typer.Exit


@app.callback()
def begin(
    ctx: typer.Context,
    lake: Annotated[
        str | None,
        typer.Option(help=f"Folder or s3://bucket/prefix of the lake. Default: $FINOPS_LAKE or ./{DEFAULT_LAKE}."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Engine: local (DuckDB) or aws (Athena). Default: $FINOPS_PROFILE or local.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors and warnings only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks of errors.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options of every verb; they may stand before or after it."""
    out = ctx.obj if isinstance(ctx.obj, Output) else Output()
    out.configure(as_json=as_json, quiet=quiet, verbose=verbose)
    ctx.obj = Workspace.begin(Settings.resolve(lake=lake, profile=profile), out)


def run(
    ctx: typer.Context,
    bills: Annotated[
        str | None,
        typer.Option(
            help="Folder or s3:// prefix that holds bills of any known form. Without it: what the lake has.",
            metavar="PATH",
        ),
    ] = None,
    all_providers: ingestion.cli.AllProviders = False,
    copy: ingestion.cli.Copy = False,
) -> None:
    """Everything, in order: ingest, build, validate, act (a plan, nothing more), report, dashboard.

    A run that is killed leaves the lake as the last finished step left it; run it again to go on.
    """
    ws: Workspace = ctx.obj
    from dashboards.page import draw
    from dashboards.report import show_summary, summarize
    from dbt_project.build import build
    from ingestion.land import ingest, survey
    from lambdas.cli import plan_all
    from quality.run import validate

    # Looked at before the lock: a wrong path shall not create a lake.
    seen = survey(ws, bills, all_providers=all_providers, copy=copy) if bills is not None else None
    with ws.store.locked():
        with reported(ws, "build") as meter:
            if bills is not None:
                ingestion.cli.show(ws.out, ingest(ws, bills, seen))
            built = build(ws)
            dbt_project.cli.show(ws.out, built)
            meter.step = "validate"
            verdict = validate(ws, meter)
            quality.cli.show(ws, verdict)
            plans = plan_all(ws)
            lambdas.cli.show_plans(ws, plans)
            summaries = summarize(ws.store)
            for summary in summaries:
                show_summary(ws.out, summary)
            ws.out.report("report", {"summaries": [asdict(summary) for summary in summaries]})
            dashboards.cli.show(ws, draw(ws, None))
        _record(ws)
    built.raise_if_held_back()
    red = [mart.mart for mart in verdict.marts if not mart.passed]
    if red:
        raise CheckFailedError(
            f"{len(red)} marts failed validation: {', '.join(red)}.", todo="No action runs on them; see above."
        )


def _record(ws: Workspace) -> None:
    document = {"run_id": ws.run_id, "began_at": ws.now.isoformat(), **ws.out.document}
    ws.store.write(zones.run_record(ws.run_id), json.dumps(document, default=str, indent=1).encode())


def doctor(ctx: typer.Context) -> None:
    """Check versions, settings, lake, bills, marts and gates, and say what to do. Exit code 1 if one is unwell."""
    from lake.doctor import examine

    ws: Workspace = ctx.obj
    findings = examine(ws)
    ws.out.table(
        "Doctor",
        ["", "Looked at", "Found", "To do"],
        [["ok" if one.is_well else "!!", one.subject, one.found, "" if one.is_well else one.todo] for one in findings],
    )
    ws.out.report("doctor", {"findings": [asdict(one) for one in findings]})
    if not all(one.is_well for one in findings):
        raise typer.Exit(1)


_VERBS: dict[str, Callable[..., None]] = {
    "run": run,
    "ingest": ingestion.cli.ingest,
    "collect": ingestion.collecting.cli.collect,
    "deliveries": ingestion.deliveries_cli.deliveries_command,
    "build": dbt_project.cli.build_command,
    "validate": quality.cli.validate,
    "act": lambdas.cli.act,
    "approve": lambdas.approve_cli.approve,
    "report": dashboards.cli.report,
    "dashboard": dashboards.cli.dashboard,
    "reconcile": quality.reconciling.cli.reconcile,
    "explain": dbt_project.explain_cli.explain,
    "doctor": doctor,
    "synth": ingestion.synthetic.cli.synth,
}
for _verb, _command in _VERBS.items():
    app.command(_verb, epilog="Every verb also takes --lake, --profile, --json, --quiet and -v: see `finops --help`.")(
        _command
    )


def hoist_global_flags(arguments: Sequence[str]) -> list[str]:
    """Move the options of every verb to the front, so that `finops run --lake X` means what people expect."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name = argument.partition("=")[0]
        if argument == "--":
            rest += [argument, *waiting]
        elif name in _GLOBAL_FLAGS:
            front.append(argument)
            if _GLOBAL_FLAGS[name] and "=" not in argument:
                value = next(waiting, None)
                if value is None:
                    return front
                front.append(value)
        else:
            rest.append(argument)
    return front + rest


def main() -> None:
    """Entry point of the installed command: errors become readable, and JSON is printed once, at the end."""
    arguments = hoist_global_flags(sys.argv[1:]) or ["--help"]
    out = Output()
    interruption = Interruption()
    interruption.listen()
    ensure_home()
    aws.make_others_patient(os.environ)
    # Known before the command line is parsed: a wrong one is answered in JSON, too.
    out.configure(as_json="--json" in arguments, quiet=False, verbose=False)
    try:
        code = app(arguments, obj=out, standalone_mode=False) or 0
        if code == EXIT_INTERRUPTED:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        code = _tell(out, _InterruptedError(interruption))
    except Exception as error:
        interrupted = any(words in str(error) for words in _INTERRUPTED_ENGINE)
        code = _tell(out, _InterruptedError(interruption) if interrupted else error)
    if out.document:
        out.flush()
    sys.exit(code)


class _InterruptedError(FinopsError):
    def __init__(self, by: Interruption) -> None:
        super().__init__("Interrupted.", todo="Run it again: the lake is whole.")
        self.exit_code = by.exit_code


def _tell(out: Output, error: Exception) -> int:
    """Show an error as what, where and what to do; the exit code it stands for."""
    told = _readable(error)
    code = told.exit_code if told is not None else EXIT_OUR_FAULT
    told = told or FinopsError(
        f"This is a fault of finops, not of your bill: {type(error).__name__}: {error}",
        todo="Run again with -v and report what it prints.",
    )
    if out.verbose:
        out.traceback(error)
    out.error(told)
    out.report("error", {"what": told.what, "where": told.where, "todo": told.todo, "exit_code": code})
    return code


def _told(error: TyperException) -> str:
    told = getattr(error, "format_message", error.__str__)()
    return str(told).replace("Value error, ", "")


def _readable(error: Exception) -> FinopsError | None:
    """The error in words a user can act on, or None when it is our own fault."""
    if isinstance(error, FinopsError):
        return error
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        verb = context.command_path if context else "finops"
        return SettingsError(_told(error), where=verb, todo=f"Run `{verb} --help`.")
    if isinstance(error, OSError):
        return LakeError(
            f"The system refused: {error.strerror or error}.",
            where=str(error.filename or ""),
            todo="Check that you may read and write there, and that there is free space.",
        )
    if isinstance(error, MemoryError):
        return LakeError("There is not enough memory.", todo="Set FINOPS_MEMORY lower, such as 1GB.")
    if type(error).__module__.startswith(("botocore", "boto3")):
        return LakeError(f"AWS refused: {error}", todo="Run `finops doctor`.")
    return None


if __name__ == "__main__":
    main()
