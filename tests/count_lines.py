"""Print how many lines of code each package has: without docstrings, comments and blank lines.

    python tests/count_lines.py

No gate; a figure to keep an eye on.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


def code_lines(text: str) -> int:
    """Return the number of lines of a module that hold code."""
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in LAYOUT:
            held.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            held.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(held)


def main() -> int:
    """Print a line for each package, and the sum."""
    packages = sorted(p for p in SOURCE.iterdir() if (p / "__init__.py").is_file())
    counts = {
        p.name: sum(code_lines(m.read_text(encoding="utf-8")) for m in p.rglob("*.py")) for p in packages
    }
    print("lines of code: " + ", ".join(f"{name} {n:,}" for name, n in counts.items()), end="")
    print(f"; together {sum(counts.values()):,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
