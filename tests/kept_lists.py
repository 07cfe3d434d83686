"""Lists of what came out when it was looked at, kept under ``tests/data``, and how one is held against them.

A kept list says that nothing changed, not that it is right: worked values and other programs' figures say that,
in the tests beside.  ``python tests/kept_lists.py FOLDER`` writes all of them again, and the figures as PNG into the
folder, to be looked at before they are committed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def kept(kind: str, name: str) -> list[str]:
    """Return a kept list."""
    return (DATA / kind / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def keep(kind: str, name: str, lines: list[str]) -> None:
    """Write one."""
    (DATA / kind).mkdir(parents=True, exist_ok=True)
    (DATA / kind / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def difference(found: list[str], expected: list[str], *, within: float = 1e-6) -> str:
    """Return the first line that differs by more than rounding, or nothing."""
    for number, (new, old) in enumerate(zip(found, expected, strict=False), 1):
        alike = NUMBER.sub("#", new) == NUMBER.sub("#", old)
        numbers = [np.array(NUMBER.findall(line), dtype=float) for line in (new, old)]
        if not alike or (np.abs(numbers[0] - numbers[1]) > within * (1 + np.abs(numbers[1]))).any():
            return f"line {number}: {new}\nexpected: {old}"
    if len(found) != len(expected):
        return f"{len(found)} lines, expected {len(expected)}"
    return ""


if __name__ == "__main__":
    import audit_lists
    import drawn
    import faces
    import synth_lists
    import table_files
    import whole_runs

    drawn.main(Path(sys.argv[1]))
    audit_lists.main()
    synth_lists.main()
    faces.main()
    table_files.main(Path(sys.argv[1]))
    whole_runs.main()
