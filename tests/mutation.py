"""Break the numeric rooms on purpose, one place at a time, and see whether the tests notice.

Each mutant changes one operator or one constant of a module (``+`` to ``-``, ``<`` to ``<=``, ``1`` to ``2``,
``True`` to ``False`` …).  The tests of that module run against it; a mutant that they let pass survives.
Survivors are either listed in ``mutation_survivors.toml`` with a reason why they are the same program, or
they are a gap in the tests and the script fails.

    python tests/mutation.py                 a sample of the mutants, a minute or two
    python tests/mutation.py --all           every mutant
    python tests/mutation.py --module plsem/kernels --all
    python tests/mutation.py --module plsem/efa --sample 20

A mutant's place in the draw depends on its own line only, so that an edit elsewhere does not change the sample.

Test processes are forked from one that has imported the libraries, so that a mutant costs its tests only.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.abc
import importlib.util
import io
import os
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType

TESTS = Path(__file__).resolve().parent
SOURCE = TESTS.parent / "src"
MODULES: dict[str, list[str]] = {
    "plsem/efa/adequacy": ["plsem/test_efa.py", "plsem/test_efa_reference.py"],
    "plsem/efa/analysis": ["plsem/test_efa.py", "plsem/test_efa_pruning.py"],
    "plsem/efa/correlations": ["plsem/test_efa.py"],
    "plsem/efa/extraction": ["plsem/test_efa.py", "plsem/test_efa_reference.py"],
    "plsem/efa/factorability": ["plsem/test_efa.py"],
    "plsem/efa/items": ["plsem/test_efa.py", "plsem/test_efa_pruning.py"],
    "plsem/efa/pruning": ["plsem/test_efa_pruning.py"],
    "plsem/efa/rotation": ["plsem/test_efa.py", "plsem/test_efa_reference.py"],
    "plsem/efa/rules": ["plsem/test_efa_pruning.py"],
    "plsem/efa/sensitivity": ["plsem/test_efa_pruning.py"],
    "plsem/efa/solution": ["plsem/test_efa.py", "plsem/test_efa_reference.py"],
    "plsem/batches": ["plsem/test_pls.py", "plsem/test_structural.py"],
    "plsem/weighting": ["plsem/test_pls.py", "plsem/test_structural.py"],
    "plsem/kernels": ["plsem/test_pls.py", "plsem/test_structural.py"],
    "plsem/estimator": ["plsem/test_pls.py", "plsem/test_pls_inputs.py"],
    "plsem/inputs": ["plsem/test_pls_inputs.py", "plsem/test_pls.py"],
    "plsem/model": ["plsem/test_pls_inputs.py", "plsem/test_structural.py"],
    "plsem/measurement": ["plsem/test_measurement.py", "plsem/test_structural.py"],
    "plsem/model_fit": ["plsem/test_structural.py"],
    "plsem/structural": ["plsem/test_structural.py"],
    "plsem/prediction": ["plsem/test_prediction.py"],
    "plsem/admissibility": ["plsem/test_pls_admissibility.py"],
    "plsem/coverage": ["plsem/test_resampling_coverage.py"],
    "plsem/resampling/exact_fit": ["plsem/test_resampling_exact_fit.py"],
    "plsem/resampling/intervals": ["plsem/test_intervals.py"],
    "plsem/resampling/moments": ["plsem/test_resampling.py"],
    "plsem/resampling/parallel": ["plsem/test_resampling.py"],
    "plsem/resampling/replicates": ["plsem/test_resampling.py"],
    "plsem/resampling/bootstrap": ["plsem/test_resampling.py"],
    "plsem/resampling/result": ["plsem/test_resampling.py", "plsem/test_intervals.py"],
    "tableaudit/attainable": ["tableaudit/test_attainable.py"],
    "tableaudit/audit": ["tableaudit/test_audit.py"],
    "tableaudit/block_scan": ["tableaudit/test_audit_blocks.py"],
    "tableaudit/boxes": ["tableaudit/test_published_boxes.py", "tableaudit/test_audit.py"],
    "tableaudit/checks": ["tableaudit/test_audit.py"],
    "tableaudit/comparison": ["tableaudit/test_published.py"],
    "tableaudit/constraints": ["tableaudit/test_attainable.py"],
    "tableaudit/details": ["surveypls/test_audit_words.py"],
    "tableaudit/expressions": ["tableaudit/test_audit_expressions.py"],
    "tableaudit/identities": ["tableaudit/test_audit.py"],
    "tableaudit/implied_size": ["tableaudit/test_attainable.py"],
    "tableaudit/inference": ["tableaudit/test_audit.py"],
    "tableaudit/matrix_search": ["tableaudit/test_attainable.py"],
    "tableaudit/printed": ["tableaudit/test_published.py"],
    "tableaudit/rules": ["tableaudit/test_audit.py"],
    "tableaudit/statements": ["tableaudit/test_audit_expressions.py", "tableaudit/test_audit.py"],
    "tableaudit/structure": ["tableaudit/test_audit.py"],
}
"""Module → its fast tests, the likeliest to notice first."""

TIME_LIMIT = 60  # seconds for one mutant; an endless loop is noticed, too

BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Arguments that change no result: how errors are silenced, checks of lengths, caches.
SKIPPED_KEYWORDS = {"strict", "frozen", "slots", "maxsize", "copy", "invalid", "divide", "over", "under"}


@dataclass(frozen=True)
class Mutant:
    """One changed place of one module."""

    module: str
    number: int
    line: int
    text: str
    change: str

    @property
    def key(self) -> str:
        return f"{self.text} [{self.change}]"


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module."""
    source = (SOURCE / f"{module}.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    return [
        Mutant(module, number, node.lineno, lines[node.lineno - 1].strip(), change)
        for number, (node, change, _) in enumerate(_places(ast.parse(source)))
    ]


def mutated(mutant: Mutant) -> ast.Module:
    """Return the module's syntax tree with the mutant's place changed."""
    tree = ast.parse((SOURCE / f"{mutant.module}.py").read_text(encoding="utf-8"))
    for number, (_, _, apply) in enumerate(_places(tree)):
        if number == mutant.number:
            apply()
            return ast.fix_missing_locations(tree)
    raise LookupError(mutant)


def _places(tree: ast.Module) -> Iterator[tuple]:
    indices = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in _walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in BINARY:
            # Joining texts and lists of names is no formula, but a set difference may be.
            yield _operator(node, BINARY[type(node.op)])
        elif isinstance(node, ast.Compare):
            for place, operator in enumerate(node.ops):
                if type(operator) in COMPARE:
                    yield _comparison(node, place, COMPARE[type(operator)])
        elif isinstance(node, ast.BoolOp):
            yield _operator(node, ast.Or if isinstance(node.op, ast.And) else ast.And)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
            # In an index -1 the 1 is changed already; 1 is often the same place.
            if not (isinstance(node.op, ast.USub) and id(node) in indices):
                yield _unary(node)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            change = _constant(node)
            if change:
                yield change


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Visit what is computed: not annotations, docstrings, messages of errors or formatted texts."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, (ast.JoinedStr, ast.Raise, ast.Assert)):
                continue
            if isinstance(child, ast.keyword) and child.arg in SKIPPED_KEYWORDS:
                continue
            if isinstance(child, ast.AST):
                yield child
                yield from _walk(child)


def _operator(node, new):
    change = f"{type(node.op).__name__} to {new.__name__}"

    def apply() -> None:
        node.op = new()

    return node, change, apply


def _comparison(node, place, new):
    change = f"{type(node.ops[place]).__name__} to {new.__name__}"

    def apply() -> None:
        node.ops[place] = new()

    return node, change, apply


def _unary(node):
    change = f"drop {type(node.op).__name__}"

    def apply() -> None:
        operand = node.operand
        node.__class__ = ast.IfExp
        node.test, node.body, node.orelse = ast.Constant(True), operand, operand

    return node, change, apply


def _constant(node):
    value = node.value
    if isinstance(value, bool):
        new: float = not value
    elif isinstance(value, float) and 0 < abs(value) < 1e-6:
        return None  # guards against rounding: a factor of ten is the same program
    else:
        new = value + 1
    change = f"{value!r} to {new!r}"

    def apply() -> None:
        node.value = new

    return node, change, apply


# --- running ---------------------------------------------------------------


class _MutantLoader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import the mutated module in place of the file."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.module.replace("/", ".")
        self.code = compile(mutated(mutant), str(SOURCE / f"{mutant.module}.py"), "exec")

    def find_spec(self, fullname, path=None, target=None):
        if fullname == self.name:
            return importlib.util.spec_from_loader(fullname, self)
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def _preload() -> None:
    """Import the libraries, and nothing of the package itself, before forking."""
    import hypothesis  # noqa: F401
    import numpy.linalg  # noqa: F401
    import pandas.testing  # noqa: F401
    import pydantic  # noqa: F401
    import pytest  # noqa: F401
    import scipy.stats  # noqa: F401
    import yaml  # noqa: F401

    own = {name.partition("/")[0] for name in MODULES}
    assert not own & {name.partition(".")[0] for name in sys.modules}


def _run_tests(mutant: Mutant | None, files: list[str]) -> int:
    """Run in the forked process: exit code 0 if every test passes."""
    import pytest

    sys.stdout = sys.stderr = io.StringIO()
    os.chdir(TESTS.parent)
    if mutant is not None:
        sys.meta_path.insert(0, _MutantLoader(mutant))
    arguments = ["-x", "-q", "--no-header", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:randomly"]
    return int(pytest.main([*arguments, *(str(TESTS / f) for f in files)]))


def survives(mutant: Mutant | None, files: list[str]) -> bool:
    """Return whether all tests pass with the mutant (None: with the module as it is)."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            signal.signal(signal.SIGALRM, _give_up)
            signal.alarm(TIME_LIMIT)
            code = _run_tests(mutant, files)
        except BaseException:
            code = 1
        finally:
            os._exit(0 if code == 0 else 1)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _give_up(signum: int, frame: FrameType | None) -> None:
    os._exit(1)


def explained() -> dict[str, dict[str, str]]:
    """Return module → mutant's key → why it is the same program."""
    path = TESTS / "mutation_survivors.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def drawn(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a sample: the mutants whose lines have the lowest digests, with the seed."""

    def digest(mutant: Mutant) -> bytes:
        return hashlib.sha256(f"{seed} {mutant.module} {mutant.key}".encode()).digest()

    return sorted(sorted(mutants, key=digest)[:size], key=lambda m: (m.module, m.number))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="run every mutant")
    parser.add_argument("--sample", type=int, default=40, help="mutants drawn otherwise (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (default 1)")
    rooms = {name.rpartition("/")[0] for name in MODULES}
    parser.add_argument(
        "--module", action="append", choices=sorted({*MODULES, *rooms}), help="only these modules or rooms"
    )
    parser.add_argument("--list", action="store_true", help="print the mutants and stop")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["SURVEYPLS_EXAMPLES"] = "4"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the notebook plugin alone takes seconds

    names = [m for m in MODULES if not options.module or {m, m.rpartition("/")[0]} & {*options.module}]
    chosen = [m for name in names for m in mutants(name)]
    total = len(chosen)
    if not options.all:
        chosen = drawn(chosen, options.sample, options.seed)
    if options.list:
        for m in chosen:
            print(f"{m.module}.py:{m.line}: {m.key}")
        return 0
    _preload()
    for file in sorted({f for m in chosen for f in MODULES[m.module]}):
        if not survives(None, [file]):
            print(f"the tests fail without any mutant: {file}")
            return 1
    reasons = explained()
    survivors: list[Mutant] = []
    known = 0
    start = time.perf_counter()
    for m in chosen:
        if survives(m, MODULES[m.module]):
            reason = reasons.get(m.module, {}).get(m.key)
            known += reason is not None
            if reason is None:
                survivors.append(m)
            print(f"SURVIVED  {m.module}.py:{m.line}: {m.key}  {'— ' + reason if reason else ''}", flush=True)
    killed = len(chosen) - known - len(survivors)
    print(
        f"{len(chosen)} of {total} mutants in {time.perf_counter() - start:.0f} s: {killed} killed,"
        f" {known} survived as explained, {len(survivors)} survived unexplained"
    )
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
