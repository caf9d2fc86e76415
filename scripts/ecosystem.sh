#!/bin/bash
# Tests the plugins against the real programs they belong to, in an environment of its own beside .venv, whose libraries
# it shares. Run `make test` first: it makes .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv-ecosystem
PACKAGES="ocrmypdf>=17"

if [ ! -x "$VENV/bin/ocrmypdf" ]; then
  .venv/bin/python -m venv "$VENV"
  "$VENV/bin/python" -m pip install -qq "$PACKAGES" "setuptools>=77"
  site=$("$VENV/bin/python" -c 'import site; print(site.getsitepackages()[0])')
  .venv/bin/python -c 'import site; print(site.getsitepackages()[0])' > "$site/zz_libraries.pth"
  "$VENV/bin/python" -m pip install -qq --no-deps --no-build-isolation -e .
fi
ECOSYSTEM_BIN="$PWD/$VENV/bin" .venv/bin/python -m pytest -m ecosystem tests/ecosystem
