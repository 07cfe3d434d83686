#!/usr/bin/env bash
# The site in a real browser: bash tests/site/check.sh build/site [FOLDER FOR PICTURES]
# Needs Debian's chromium (or CHROMIUM=path), node and npm. playwright-core and axe-core are installed into a folder of their
# own under build/, from npm; the site itself is served from this machine and may ask for nothing else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
site=$(cd "$1" && pwd)
tools="$here/../../build/browser"
mkdir -p "$tools"
test -d "$tools/node_modules/axe-core" \
  || npm install --silent --no-fund --no-audit --prefix "$tools" playwright-core@1 axe-core@4
export NODE_PATH="$tools/node_modules"
exec node "$here/check.cjs" "$site" "${2:-}"
