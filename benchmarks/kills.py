"""Kill a command again and again at random moments, and see that the same command still ends as if nothing had been.

    python benchmarks/kills.py CHECKOUT --kills 20 -- run survey.csv study.yaml --name mine
    python benchmarks/kills.py CHECKOUT --kills 20 --longest 60 -- reproduce

Work in a copy: the command runs there with the copy's own code.  Each round starts it in a group of processes of its
own and ends that group with SIGKILL.  After each kill every result must be as it was before, or be listed as waiting to
be moved; at the end the command runs once to its end, and its files are compared with those of an undisturbed run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = ("notebooks", "data/derived", "figures", "tables", "paper", "build/mine")
JOURNAL = Path("build/reproduce/.moving.json")


def digests(root: Path) -> dict[str, str]:
    """Return the checksum of every result, by its place."""
    files = (path for name in RESULTS for path in sorted((root / name).rglob("*")) if path.is_file())
    return {
        p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in files
        if not any(part.startswith(".") for part in p.relative_to(root).parts)
    }


def started(root: Path, words: list[str]) -> subprocess.Popen[bytes]:
    """Start the command with a checkout's own code, in a group of its own."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-m", "surveypls", *words]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command, cwd=root, env=environment, start_new_session=True, stdout=quiet, stderr=quiet
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds before a kill, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("words", nargs="+", help="the command, after --")
    options = parser.parse_args()
    root, rng = options.checkout.resolve(), random.Random(options.seed)
    before, faults, ended, waiting = digests(root), 0, 0, 0
    with tempfile.TemporaryDirectory() as place:
        twin = Path(shutil.copytree(root, Path(place) / "twin", symlinks=True))
        if started(twin, options.words).wait():
            sys.exit("the command fails without any kill")
        expected = digests(twin)
    for number in range(options.kills):
        process = started(root, options.words)
        wait = rng.uniform(0.0, options.longest)
        try:
            process.wait(timeout=wait)
            ended += 1
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(1.5)  # its kernels notice within a second
        now = digests(root)
        waiting += (root / JOURNAL).exists()
        whole = now in (before, expected) or (root / JOURNAL).exists()
        faults += not whole
        print(f"{number + 1}: after {wait:.1f} s, {'whole' if whole else 'MIXED'}", flush=True)
    code = started(root, options.words).wait()
    same = digests(root) == expected
    print(
        f"{options.kills - ended} kills ({waiting} while files were moved), {ended} ended before; {faults} times mixed;"
        f" the last run ended with {code}, its files are {'the same' if same else 'NOT the same'}"
    )
    return int(bool(faults or code or not same))


if __name__ == "__main__":
    sys.exit(main())
