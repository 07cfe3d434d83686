"""Build the site of both languages into ``build/site/``: ``python docs/site/build.py``.

English stands at the root, Spanish under ``es/``, with the same addresses below. No network is used, and no page
asks for any: every address that a page loads or links inside the site is followed before the new site takes the old
one's place.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from links import problems
from sources import ROOT, assemble

from tabletext.language import Language

HERE = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "es")


def main() -> int:
    """Build, check and put in place; return the exit code."""
    work, partial = ROOT / "build" / "site-source", ROOT / "build" / "site.partial"
    for folder in (work, partial):
        shutil.rmtree(folder, ignore_errors=True)
    running = []
    for language in LANGUAGES:
        source = work / language
        source.mkdir(parents=True)
        assemble(language, source)
        out = partial / f"html-{language}"
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-E"]
        command += ["-c", str(HERE), "-d", str(work / f"trees-{language}"), "-D", f"language={language}"]
        running.append(subprocess.Popen([*command, str(source), str(out)]))
    ended = [process.wait() for process in running]
    if any(ended):
        return 1
    site = partial / "html-en"
    (partial / "html-es").rename(site / "es")
    found = problems(site)
    if found:
        print("\n".join(found), file=sys.stderr)
        return 1
    shutil.rmtree(ROOT / "build" / "site", ignore_errors=True)
    site.rename(ROOT / "build" / "site")
    shutil.rmtree(partial)
    print("build/site/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
