"""Command line: ``python -m surveypls COMMAND``; thin over the package.

Exit codes: 0 done, 1 our fault, 2 the user's input (a plain message, no traceback); ``audit`` ends with 3 where
it finds a contradiction, or a figure that the answers given with it do not give.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from surveypls.errors import CompendiumError, NotebookError, is_users, machine_fault
from tableaudit.cli import add_options as audit_options
from tableaudit.cli import run as run_audit

# What a command needs is imported where it runs: --help and a wrong command answer at once.
QUICK_RESAMPLES = 500
MODEL_FILE = "study file (YAML), or a text in lavaan's notation"
OWN = ("plsem", "tabletext", "tableaudit", "surveysynth", "surveypls")
SAFE = "What was there before is as it was; once this is mended the same command goes on from here."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a Windows console may lack × or −: shown as ?, not a stop
            stream.reconfigure(errors="replace")
    try:
        return int(options.command(options))
    except NotebookError as error:
        return _explain(error)
    except BrokenPipeError:  # the reader of a pipe had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _fail("stopped; what was there before is as it was. The same command goes on from here.", 130)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in OWN:
            raise
        return _fail(f"{error.name} is not installed; this command needs surveypls[notebooks]", 2)
    except Exception as error:
        if is_users(error):
            return _fail(str(error), 2)
        if isinstance(error, CompendiumError):
            return _fail(str(error), 1)
        machine = machine_fault(error)
        if not machine:
            raise
        return _fail(f"{machine}\n{SAFE}", 1)


def _explain(error: NotebookError) -> int:
    """Say where a notebook stopped and why."""
    if error.is_user_error:
        return _fail(error.value, 2)
    print(f"\n{error.notebook} stopped at code cell {error.cell}:\n", file=sys.stderr)
    print(_indented(error.source), file=sys.stderr)
    print(f"\n{_plain(error.machine_fault or error.traceback or error.value)}\n", file=sys.stderr)
    print(f"How far it came: build/failed/{error.notebook}. {SAFE}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="surveypls", description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    reproduce = commands.add_parser(
        "reproduce", help="rebuild the whole paper: notebooks, figures, tables, verdicts"
    )
    reproduce.add_argument(
        "--quick", action="store_true", help=f"{QUICK_RESAMPLES} resamples, into build/quick/"
    )
    reproduce.add_argument(
        "--formats",
        action="store_true",
        help="every figure and table in every format and language, into build/formats/",
    )
    _add_cell_limit(reproduce)
    reproduce.set_defaults(command=_reproduce)

    run = commands.add_parser("run", help="the same analysis on your own survey, into build/NAME/")
    run.add_argument("survey", type=Path, metavar="SURVEY", help="CSV or XLSX of the answers")
    run.add_argument("study", type=Path, metavar="STUDY", help="study file (YAML)")
    run.add_argument("--name", default="mine", help="name of the run (default: mine)")
    run.add_argument("--labels", choices=("en", "es"), help="language of figures and tables")
    run.add_argument("--resamples", type=int, metavar="N", help="bootstrap resamples")
    run.add_argument("--seed", type=int, metavar="N", help="seed of every random draw")
    _add_cell_limit(run)
    run.set_defaults(command=_run)

    paper = commands.add_parser("paper", help="the paper again, from what the notebooks left")
    paper.set_defaults(command=_paper)

    new = commands.add_parser("new", help="write a study file for a survey, to be confirmed")
    new.add_argument("survey", type=Path, metavar="SURVEY", help="CSV or XLSX of the answers")
    new.add_argument(
        "--output", type=Path, metavar="FILE", help="where (default: beside the survey, NAME.yaml)"
    )
    new.set_defaults(command=_new)

    checking = commands.add_parser("check", help="list every problem of a survey and a study file")
    checking.add_argument("survey", type=Path, metavar="SURVEY", help="CSV or XLSX of the answers")
    checking.add_argument("study", type=Path, metavar="STUDY", help="study file (YAML)")
    checking.add_argument(
        "--minimum-path",
        type=_path_size,
        metavar="P",
        help="smallest path that the sample should find (default: said in the report)",
    )
    checking.set_defaults(command=_check)

    audit = commands.add_parser("audit", help="check what a paper's printed tables say about each other")
    audit_options(audit)
    audit.add_argument(
        "--data",
        type=Path,
        metavar="ANSWERS",
        help="the answers, to hold the printed figures against them too",
    )
    audit.add_argument(
        "--model", type=Path, metavar="MODEL", help=f"{MODEL_FILE} (default: the printed loadings and paths)"
    )
    _add_answers(audit)
    audit.set_defaults(command=_audit)

    conventions = commands.add_parser(
        "conventions", help="find the definitions behind printed figures whose answers are at hand"
    )
    conventions.add_argument("data", type=Path, metavar="DATA", help="CSV, XLSX, SAV or DTA of the answers")
    conventions.add_argument("model", type=Path, metavar="MODEL", help=MODEL_FILE)
    conventions.add_argument(
        "figures", type=Path, metavar="FIGURES", help="printed figures, in any form that audit reads"
    )
    _add_answers(conventions)
    conventions.add_argument("--lang", choices=("en", "es"), default="en", help="language of the report (en)")
    conventions.add_argument(
        "--format", choices=("text", "json"), default="text", help="form of the report (text)"
    )
    conventions.set_defaults(command=_conventions)
    searches = commands.add_parser(
        "searches", help="remake the long searches that are kept, into build/searches/"
    )
    searches.add_argument("names", nargs="*", metavar="NAME", help="which (default: all; --list names them)")
    searches.add_argument(
        "--list", action="store_true", help="say what there is, and about how long it takes"
    )
    searches.add_argument("--quick", action="store_true", help="a small part of each")
    searches.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="workers (default: one; -1: one a core)"
    )
    searches.add_argument("--keep", action="store_true", help="replace the kept files that differ")
    searches.set_defaults(command=_searches)

    synthesize = commands.add_parser("synthesize", help="remake the synthetic survey of data/raw/")
    synthesize.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write it (default: data/raw/survey.csv)"
    )
    synthesize.add_argument(
        "--respondents",
        type=int,
        metavar="N",
        help="respondents that cleaning keeps (default: those of data/raw/survey.csv; supplement S2 says why)",
    )
    synthesize.set_defaults(command=_synthesize)
    return parser


def _add_answers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--missing",
        action="append",
        metavar="CODE",
        help="cell that means no answer, such as -99 (repeatable; without it, the codes of study files)",
    )
    command.add_argument(
        "--resamples",
        type=int,
        metavar="N",
        help="of the bootstrap behind printed standard errors, t, p, intervals",
    )


def _add_cell_limit(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--cell-limit",
        type=_seconds,
        metavar="SECONDS",
        help="longest that a notebook's cell may take (an hour unless said otherwise)",
    )


def _reproduce(options: argparse.Namespace) -> int:
    from surveypls.compendium import parameters, runner
    from surveypls.study.definition import load_study

    root = parameters.find_root()
    started = time.monotonic()
    if options.quick:
        study_file, survey = root / "study.yaml", root / "data" / "raw" / "survey.csv"
        runner.run(
            root,
            load_study(study_file),
            survey=survey,
            study_file=study_file,
            name="quick",
            settings={"n_resamples": QUICK_RESAMPLES},
            own=False,
            cell_limit=options.cell_limit,
        )
        print(f"\nWritten to build/quick/ ({QUICK_RESAMPLES} resamples).")
    elif options.formats:
        runner.every_format(root, cell_limit=options.cell_limit)
        print("\nWritten to build/formats/.")
    else:
        from plsem.names import few

        changed = runner.reproduce(root, cell_limit=options.cell_limit)
        print(f"\n{len(changed)} file(s) changed" + (f": {few(changed, 8)}" if changed else ""))
    print(f"{time.monotonic() - started:.0f} s")
    return 0


def _run(options: argparse.Namespace) -> int:
    from surveypls.compendium import parameters, record, runner
    from surveypls.study.definition import load_study
    from surveypls.survey.check import preflight, refuse_swapped

    root = parameters.find_root()
    record.check_own_name(options.name)
    refuse_swapped(options.survey, options.study)
    settings = {"labels": options.labels, "seed": options.seed, "n_resamples": options.resamples}
    parameters.with_settings(load_study(options.study), **settings)
    study = parameters.with_settings(preflight(options.survey, options.study), **settings)
    folder = runner.run(
        root,
        study,
        survey=options.survey.resolve(),
        study_file=options.study.resolve(),
        name=options.name,
        settings=settings,
        cell_limit=options.cell_limit,
    )
    print(f"\nDone: {folder.relative_to(root)}/ holds notebooks, figures, tables and data.")
    return 0


def _paper(options: argparse.Namespace) -> int:
    from surveypls.compendium import parameters, runner
    from surveypls.compendium.project import open_project

    with runner.the_paper(parameters.find_root(), sys.stdout):
        runner.write_paper(open_project("paper"), sys.stdout)
    return 0


def _new(options: argparse.Namespace) -> int:
    from surveypls.survey.scaffold import scaffold
    from tabletext.said import say

    made = scaffold(options.survey, options.output)
    for path in made.write():
        print(say(made.language, "Written: {file}", file=str(path)))
    print(made.advice(_next("check", options.survey, made.study)))
    return 0


def _audit(options: argparse.Namespace) -> int:
    if options.data is None:
        if options.model is not None or options.missing or options.resamples is not None:
            return _fail("--model, --missing and --resamples go with --data, the answers", 2)
        return run_audit(options)
    from surveypls.survey.conventions import held

    return run_audit(options, lambda report: held(report, options))


def _conventions(options: argparse.Namespace) -> int:
    from surveypls.survey.conventions import run

    return run(options)


def _next(command: str, survey: Path, study: Path, name: str = "") -> str:
    """Write the command that comes next, as it can be typed where this one was."""
    if os.name == "nt":
        from surveypls.study.paths import windows_command

        return windows_command(command, survey, study, name)
    given = [shlex.quote(str(path)) for path in (survey, study)]
    if Path("Makefile").is_file() and Path("study.yaml").is_file():
        target = "mine" if command == "run" else command
        return f"make {target} SURVEY={given[0]} STUDY={given[1]}" + (f" NAME={name}" if name else "")
    python = shlex.quote(sys.executable)
    return f"{python} -m surveypls {command} {' '.join(given)}" + (f" --name {name}" if name else "")


def _check(options: argparse.Namespace) -> int:
    from surveypls.survey.check import MINIMUM_PATH, check
    from tabletext.said import say

    report = check(options.survey, options.study, minimum_path=options.minimum_path or MINIMUM_PATH)
    print(report.text())
    if not report.errors:
        command = _next("run", options.survey, options.study, _run_name(options.survey))
        print(say(report.language, "Next: {command}", command=command))
    return 2 if report.errors else 0


def _run_name(survey: Path) -> str:
    """Propose a name for a run: the survey's, as far as it can be a folder's."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", survey.stem).strip("_-")[:60]
    return name or "mine"


def _path_size(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number between 0 and 1")
    return value


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number of seconds, 1 or more")
    return int(text)


def _searches(options: argparse.Namespace) -> int:
    from surveypls.compendium import parameters, searches
    from surveypls.compendium.project import own_project

    if options.list:
        for name, search in searches.SEARCHES.items():
            print(
                f"{name:11} {search.what}; about {search.minutes} processor minutes: {', '.join(search.contracts)}"
            )
        return 0
    root = parameters.find_root()
    project = own_project(root, root / "build" / "searches")
    found = searches.run(project, options.names, quick=options.quick, keep=options.keep, n_jobs=options.jobs)
    changed = sum(not told.same for told in found)
    print(f"{len(found) - changed} of {len(found)} files as kept; written to build/searches/data/derived/.")
    return 0


def _synthesize(options: argparse.Namespace) -> int:
    from surveypls.compendium import parameters
    from surveypls.compendium.synthesis import synthesize_study
    from surveypls.study.definition import load_study
    from surveysynth.survey import checksums
    from tabletext.storage import write_atomically

    root = parameters.find_root()
    target = options.output or root / "data" / "raw" / "survey.csv"
    content = synthesize_study(
        load_study(root / "study.yaml"),
        root,
        **({"n": options.respondents} if options.respondents else {}),
        checkpoint=root / "build" / "calibration.npz",
        progress=lambda step: print(step, flush=True),
    )
    changed = write_atomically(target, content)
    if options.output is None:
        write_atomically(target.parent / "SHA256SUMS", checksums(target.parent).encode("utf-8"))
    print(f"{target.name}: {'written' if changed else 'unchanged'}")
    return 0


def _plain(text: str) -> str:
    """Return text without the terminal colours of a notebook's traceback."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _fail(message: str, code: int) -> int:
    print(f"surveypls: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
