"""Break the packages on purpose, one place at a time, and see whether the tests notice.

Each mutant changes one operator or one constant of a module (``+`` to ``-``, ``<`` to ``<=``, ``1`` to ``2``,
``True`` to ``False`` …).  Which tests run which function is recorded once, by running every quick test with each
function noting that it was called; a mutant is then tried by the tests that run its function, the quickest first,
and where those pass by the whole of their files.  A mutant that all of them let pass survives.  Survivors are
either listed in ``mutation_survivors.toml`` with a reason why they are the same program, or they are a gap in the
tests and the script fails.

    python tests/mutation.py --record        which tests run which function (some minutes; build/mutation/)
    python tests/mutation.py                 a sample of the mutants
    python tests/mutation.py --all           every mutant (hours)
    python tests/mutation.py --module plsem/efa --sample 20
    python tests/mutation.py --known         the sample that ``make test`` runs: faults known to be caught
    python tests/mutation.py --sample 1000 --keep   writes what caught each into mutation_caught.csv

A mutant's place in the draw depends on its own line only, so that an edit elsewhere does not change the sample.

Test processes are forked from one that has imported everything.  In it a mutant replaces its function's code; where
the place is not inside a function, or the function runs at import, the packages are imported anew with it.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gc
import hashlib
import importlib.abc
import importlib.util
import io
import json
import os
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SOURCE = ROOT / "src"
OWN = tuple(sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file()))
MODULES = sorted(path.relative_to(SOURCE).with_suffix("").as_posix() for path in SOURCE.rglob("*.py"))
RECORD = ROOT / "build" / "mutation" / "record.json"
CAUGHT = TESTS / "mutation_caught.csv"
#: Tests that look at what is there without running it: they see what is made at import.
LOOKING = ("tests/test_faces_kept.py::test_the_defaults",)

TIME_LIMIT = (
    10  # seconds of the processor beyond four times what the tests take; an endless loop is noticed, too
)
FILES_LIMIT = 30  # seconds of tests, and of whole files, that a mutant may be tried by

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
    owner: tuple[str, int] | None  # the outermost function around it: qualified name, first line

    @property
    def function(self) -> str:
        """The owner's name in the record; the module where there is none."""
        return f"{self.module}:{self.owner[0]}:{self.owner[1]}" if self.owner else self.module

    @property
    def key(self) -> str:
        return f"{self.text} [{self.change}]"


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module."""
    source = (SOURCE / f"{module}.py").read_text(encoding="utf-8")
    lines, tree = source.splitlines(), ast.parse(source)
    owners = {id(node): owner for owner, body in _functions(tree) for part in body for node in ast.walk(part)}
    return [
        Mutant(module, number, node.lineno, lines[node.lineno - 1].strip(), change, owners.get(id(node)))
        for number, (node, change, _) in enumerate(_places(tree))
    ]


def _functions(node: ast.AST, within: str = "") -> Iterator[tuple[tuple[str, int], list[ast.stmt]]]:
    """Return the functions of a module and its classes: (qualified name, first line), body."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
            yield (within + child.name, first), child.body
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{within}{child.name}.")
        elif isinstance(child, (ast.If, ast.Try, ast.With)):
            yield from _functions(child, within)


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


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import changed syntax trees in place of the files."""

    def __init__(self, modules: Iterable[str], change: Any) -> None:
        self.modules = {m.replace("/", ".").removesuffix(".__init__"): m for m in modules}
        self.change = change

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in self.modules:
            return None
        module = self.modules[fullname]
        file = SOURCE / f"{module}.py"
        folders = [str(file.parent)] if file.stem == "__init__" else None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=self, submodule_search_locations=folders
        )

    def create_module(self, spec):
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = self.modules[module.__name__]
        exec(compile(self.change(name), str(SOURCE / f"{name}.py"), "exec"), module.__dict__)

    def get_resource_reader(self, fullname):
        from importlib.readers import FileReader

        return FileReader(SimpleNamespace(path=str(SOURCE / f"{self.modules[fullname]}.py")))


def _preload() -> None:
    """Import the libraries and the packages before forking."""
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401

    for module in MODULES:
        if not module.endswith("__main__"):
            importlib.import_module(module.replace("/", ".").removesuffix(".__init__"))


def _forget() -> None:
    """Let the packages be imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
        del sys.modules[name]


def _noting(module: str) -> ast.Module:
    """Return a module whose functions note that they are called."""
    tree = ast.parse((SOURCE / f"{module}.py").read_text(encoding="utf-8"))
    for (name, first), body in _functions(tree):
        note = ast.parse(f"__import__('builtins').__noted__.add({f'{module}:{name}:{first}'!r})").body[0]
        at = 1 if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else 0
        for node in ast.walk(note):
            node.lineno = node.end_lineno = body[0].lineno
            node.col_offset = node.end_col_offset = 0
        body.insert(at, note)
    return ast.fix_missing_locations(tree)


def record(files: list[Path]) -> None:
    """Run every quick test, one file a process, and write down which functions each runs, and how long it takes."""
    found: dict[str, Any] = {"import": [], "tests": {}, "files": {}}
    if files:
        found = json.loads(RECORD.read_text(encoding="utf-8"))
        names = {file.relative_to(ROOT).as_posix() for file in files}
        found["tests"] = {t: kept for t, kept in found["tests"].items() if t.partition("::")[0] not in names}
    for file in files or [*sorted(TESTS.glob("*/test_*.py")), TESTS / "test_examples.py"]:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            content = _recorded(file)
            with os.fdopen(writing, "w", encoding="utf-8") as stream:
                json.dump(content, stream)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as stream:
            content = json.loads(stream.read() or "null")
        os.wait()
        name = file.relative_to(ROOT).as_posix()
        if content is None or content["failed"]:
            print(f"left out, fails without any mutant: {name} {content and content['failed']}", flush=True)
        if content is None:
            continue
        found["import"] = sorted({*found["import"], *content["import"]})
        found["tests"] |= content["tests"]
        found["files"][name] = content["all"]
        print(f"{name} {content['all'][0]:.1f} s", flush=True)
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(found), encoding="utf-8")


def _recorded(file: Path) -> dict[str, Any]:
    import builtins

    import pytest

    noted: set[str] = set()
    builtins.__noted__ = noted  # type: ignore[attr-defined]
    _forget()
    sys.meta_path.insert(0, _Loader(MODULES, _noting))
    for module in MODULES:
        if not module.endswith("__main__"):
            importlib.import_module(module.replace("/", ".").removesuffix(".__init__"))
    at_import = sorted(noted)
    noted.clear()
    tests: dict[str, tuple[float, list[str]]] = {}
    failed: list[str] = []
    everything: set[str] = set()

    class Notes:
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol(self, item):
            everything.update(noted)
            noted.clear()
            start = _spent()
            result = yield
            if item.nodeid not in failed:
                tests[item.nodeid] = (round(_spent() - start, 3), sorted(noted))
            return result

        def pytest_runtest_logreport(self, report):
            if report.failed:
                failed.append(report.nodeid)

    start = _spent()
    _quietly()
    _pytest([str(file)], Notes())
    everything.update(noted)
    return {
        "import": at_import,
        "tests": tests,
        "all": (round(_spent() - start, 3), sorted(everything)),
        "failed": failed,
    }


def _spent() -> float:
    """Return the processor's seconds so far, those of ended children included: load does not lengthen them."""
    return sum(os.times()[:4])


def _quietly() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    sys.stdout = sys.stderr = io.StringIO()


def _pytest(arguments: list[str], *plugins: Any) -> int:
    import pytest

    os.chdir(ROOT)
    options = ["-q", "--no-header", "--assert=plain", "-p", "no:cacheprovider", "-m", "not slow"]
    return int(pytest.main([*options, *arguments], plugins=list(plugins)))


def _put(mutant: Mutant, at_import: set[str]) -> None:
    """Put a mutant in place of what this process has imported."""
    if mutant.owner is None or mutant.function in at_import:
        _forget()
        sys.meta_path.insert(0, _Loader([mutant.module], lambda _: mutated(mutant)))
        return
    path = str(SOURCE / f"{mutant.module}.py")
    codes = [
        code
        for code in _codes(compile(mutated(mutant), path, "exec"))
        if (code.co_qualname, code.co_firstlineno) == mutant.owner
    ]
    changed = 0
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == path:
            code = thing.__code__
            if (code.co_qualname, code.co_firstlineno) == mutant.owner:
                thing.__code__ = codes[0]
                changed += 1
    if not changed:
        raise LookupError(mutant.function)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _passes(mutant: Mutant | None, arguments: list[str], limit: float, at_import: set[str]) -> str | None:
    """Return None where all tests pass with the mutant, else the test that does not."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = "the packages cannot be imported"

        class First:
            def pytest_runtest_logreport(self, report):
                nonlocal said
                if report.failed:
                    said = report.nodeid

        code = 1
        try:
            os.close(reading)
            _quietly()
            for kind in (signal.SIGPROF, signal.SIGALRM):
                signal.signal(kind, lambda *_: (os.write(writing, b"too slow"), os._exit(1)))
            signal.setitimer(signal.ITIMER_PROF, limit)  # however busy the machine is
            signal.alarm(600)  # one that waits for ever
            if mutant is not None:
                _put(mutant, at_import)
            code = _pytest(["-x", *arguments], First())
            if code == 4:  # pytest finds no such test
                said = "!a test is gone: record anew"
        except LookupError as error:
            said = f"!{error!r}"
        except BaseException:
            code = 1
        finally:
            if code != 0:
                os.write(writing, said.encode())
            os._exit(0 if code == 0 else 1)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        said = stream.read()
    _, status = os.waitpid(pid, 0)
    return None if os.waitstatus_to_exitcode(status) == 0 else said or "the process died"


class Trial:
    """The tests of each function, from the record."""

    def __init__(self) -> None:
        if not RECORD.is_file():
            sys.exit("first: python tests/mutation.py --record")
        content = json.loads(RECORD.read_text(encoding="utf-8"))
        self.at_import = set(content["import"])
        self.seconds = dict.fromkeys(LOOKING, 0.1)
        self.seconds |= {test: seconds for test, (seconds, _) in content["tests"].items()}
        self.tests: dict[str, list[str]] = defaultdict(list)
        self.files: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for test, (_, functions) in content["tests"].items():
            for name in {*functions, *(f.partition(":")[0] for f in functions)}:
                self.tests[name].append(test)
        for file, (seconds, functions) in content["files"].items():
            for name in {*functions, *(f.partition(":")[0] for f in functions)}:
                self.files[name].append((seconds, file))

    def catches(self, mutant: Mutant) -> str | None:
        """Return the test that notices a mutant; None where it survives."""
        at_import = mutant.owner is None or mutant.function in self.at_import
        name = mutant.module if at_import else mutant.function
        looking = [*LOOKING] if at_import else []
        tests = [*looking, *sorted(self.tests[name], key=self.seconds.__getitem__)]
        spent, chosen = 0.0, []
        for test in tests:
            spent += self.seconds[test]
            if spent > FILES_LIMIT:
                break
            chosen.append(test)
        for part in (chosen[:5], chosen[5:]):
            if part:
                limit = TIME_LIMIT + 4 * sum(map(self.seconds.__getitem__, part))
                said = _passes(mutant, part, limit, self.at_import)
                if said is not None:
                    return said
        spent, chosen = 0.0, []
        for seconds, file in sorted(self.files[name]):
            spent += seconds
            if spent > FILES_LIMIT and chosen:
                break
            chosen.append(file)
        return _passes(mutant, chosen, TIME_LIMIT + 4 * spent, self.at_import) if chosen else None


def explained() -> dict[str, dict[str, str]]:
    """Return module → mutant's key → why it is the same program."""
    path = TESTS / "mutation_survivors.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def drawn(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return a sample: the mutants whose lines have the lowest digests, with the seed."""

    def digest(mutant: Mutant) -> bytes:
        return hashlib.sha256(f"{seed} {mutant.module} {mutant.key}".encode()).digest()

    return sorted(sorted(mutants, key=digest)[:size], key=lambda m: (m.module, m.number))


def known_sample(size: int) -> int:
    """Try a draw of the faults that are known to be caught, each by the test that caught it; tell how many now pass."""
    with CAUGHT.open(encoding="utf-8", newline="") as stream:
        caught = {(row["module"], row["mutant"]): row["test"] for row in csv.DictReader(stream)}
    names = sorted({name for name, _ in caught if (SOURCE / f"{name}.py").is_file()})
    present = [m for name in names for m in mutants(name)]
    alike = Counter((m.module, m.key) for m in present)  # a line can have a change at two places
    chosen = drawn(
        [m for m in present if (m.module, m.key) in caught and alike[m.module, m.key] == 1], size, seed=1
    )
    passed = 0
    for m in chosen:
        test = caught[m.module, m.key]
        said = _passes(m, [test], TIME_LIMIT, {m.function})
        if said is None or said.startswith("!"):
            passed += 1
            print(f"no longer noticed by {test}: {m.module}.py:{m.line}: {m.key}")
    print(f"{len(chosen) - passed} of {len(chosen)} planted faults are caught")
    return 1 if passed or not chosen else 0


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
    parser.add_argument(
        "--record",
        nargs="*",
        metavar="FILE",
        help="record which tests run which function, and stop; with files of tests, these only",
    )
    parser.add_argument("--known", action="store_true", help="a draw of the faults known to be caught")
    parser.add_argument("--keep", action="store_true", help=f"add what caught each to {CAUGHT.name}")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["SURVEYPLS_EXAMPLES"] = "4"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the notebook plugin alone takes seconds
    sys.path[:0] = [str(TESTS)]

    chosen = [
        m
        for name in MODULES
        if not options.module or {name, name.rpartition("/")[0]} & {*options.module}
        for m in mutants(name)
    ]
    total = len(chosen)
    if not options.all:
        chosen = drawn(chosen, options.sample, options.seed)
    if options.list:
        for m in chosen:
            print(f"{m.module}.py:{m.line}: {m.key}")
        return 0
    _preload()
    if options.record is not None:
        record([Path(name).resolve() for name in options.record])
        return 0
    if options.known:
        return known_sample(options.sample)
    trial = Trial()
    reasons = explained()
    survivors: list[Mutant] = []
    known = untried = 0
    start = time.perf_counter()
    shuffled = sorted(chosen, key=lambda m: hashlib.sha256(f"{m.module}{m.key}".encode()).digest())
    for done, m in enumerate(shuffled):
        if done and done % 50 == 0:
            print(f"{done} tried, {len(survivors)} survived unexplained, {known} as explained", flush=True)
        test = trial.catches(m)
        if test is not None:
            if options.keep and "::" in test:
                _keep(m, test)
            elif test.startswith("!"):
                untried += 1
                print(f"by itself {m.module}.py:{m.line}: {m.key}: {test}", flush=True)
            continue
        reason = reasons.get(m.module, {}).get(m.key)
        known += reason is not None
        if reason is None:
            survivors.append(m)
        print(f"SURVIVED  {m.module}.py:{m.line}: {m.key}  {'— ' + reason if reason else ''}", flush=True)
    killed = len(chosen) - known - len(survivors) - untried
    print(
        f"{len(chosen)} of {total} mutants in {time.perf_counter() - start:.0f} s: {killed} killed,"
        f" {known} survived as explained, {len(survivors)} survived unexplained, {untried} not tried"
    )
    return 1 if survivors else 0


def _keep(mutant: Mutant, test: str) -> None:
    new = not CAUGHT.is_file()
    with CAUGHT.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if new:
            writer.writerow(["module", "mutant", "test"])
        writer.writerow([mutant.module, mutant.key, test])


if __name__ == "__main__":
    sys.exit(main())
