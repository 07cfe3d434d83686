"""Run the audit's command line as ``python -m tableaudit``."""

from tableaudit.cli import main

raise SystemExit(main())
