#!/bin/bash
# Makes this machine ready to run inkfield: system packages, then a virtual environment with exact versions.
#
#   bash scripts/setup.sh         what `make demo` needs
#   bash scripts/setup.sh test    the same, the test tools, PostgreSQL (which the tests start on a port of their own)
#                                 and Chromium
#
# INKFIELD_PYTHON       the Python to use (3.11 or 3.12; default: the first of python3.11, python3.12, python3)
# INKFIELD_TORCH_INDEX  a package index for torch, e.g. https://download.pytorch.org/whl/cpu for the small CPU build
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/inkfield-setup

say() { printf '\033[1m%s\033[0m\n' "$*"; }
die() { printf '\033[31m%s\033[0m\n' "$*" >&2; exit 1; }

find_python() {
  local name
  for name in ${INKFIELD_PYTHON:-} python3.11 python3.12 python3; do
    if command -v "$name" >/dev/null &&
       "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))'; then
      command -v "$name"
      return
    fi
  done
  die "inkfield needs Python 3.11 or 3.12. Install one, or name it: INKFIELD_PYTHON=/path/to/python3.11 make demo"
}

has_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

has_python_headers() {
  "$1" -c 'import pathlib, sys, sysconfig
sys.exit(not (pathlib.Path(sysconfig.get_paths()["include"]) / "Python.h").exists())'
}

has_postgres() { command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

has_browser() { command -v chromium >/dev/null || command -v google-chrome >/dev/null; }

# Prints the Debian packages that are needed and not there, one a line.
missing_packages() {
  local python=$1 what=$2
  command -v pdftoppm >/dev/null || echo poppler-utils
  has_library libGL.so.1 || echo libgl1
  has_library libglib-2.0.so.0 || echo libglib2.0-0
  "$python" -c 'import ensurepip, venv' 2>/dev/null || echo "$(basename "$(readlink -f "$python")")-venv"
  if [ ! -e "$STAMP" ]; then  # kenlm is compiled once, when it is installed
    command -v g++ >/dev/null || echo g++
    has_python_headers "$python" || echo "$(basename "$(readlink -f "$python")")-dev"
  fi
  if [ "$what" = test ]; then
    has_postgres || echo postgresql
  fi
}

install_packages() {
  local sudo=""
  command -v apt-get >/dev/null ||
    die "These are missing: $*. This is no Debian or Ubuntu: install them with your own package manager, then run this again."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      die "These are missing: $*. Ask an administrator to run: apt-get install $*"
    sudo="sudo"
  fi
  say "Installing system packages: $*"
  $sudo apt-get update -qq || say "apt-get update failed; trying with the package lists at hand."
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    die "apt-get could not install: $*. Run it by hand to see why: ${sudo:+sudo }apt-get install $*"
}

# The browser that looks at explain pages. Ubuntu has none as a package: there that one test is skipped.
install_browser() {
  apt-cache show chromium 2>/dev/null | grep -q '^Architecture' || return 0
  install_packages chromium
}

install_python_packages() {
  local python=$1 torch
  say "Making $VENV with $("$python" --version) (the first time takes a few minutes)"
  rm -f "$STAMP"
  "$python" -m venv "$VENV"
  # Two OpenCV packages share one folder: where a second one slipped in, both go and the lock brings one back.
  if compgen -G "$VENV/lib/python3.*/site-packages/opencv_python_headless-*" >/dev/null; then
    "$VENV/bin/python" -m pip uninstall -y -qq opencv-python-headless opencv-python
  fi
  torch=$(grep '^torch==' requirements.lock)
  # Python compiles what is imported when it is first imported: all of it beforehand would take a minute.
  # torch by itself first: where an index offers the CPU build it is taken, ten times smaller than the CUDA one.
  "$VENV/bin/python" -m pip install -qq --no-compile ${INKFIELD_TORCH_INDEX:+--index-url "$INKFIELD_TORCH_INDEX"} "$torch"
  "$VENV/bin/python" -m pip install -qq --no-compile -r requirements.lock
  "$VENV/bin/python" -m pip install -qq --no-deps --no-build-isolation -e .
  of_now requirements.lock > "$STAMP"
}

# What only the tests need: pytest, mypy and the like. Users have no use for them.
install_test_tools() {
  say "Installing the test tools"
  "$VENV/bin/python" -m pip install -qq --no-compile -r requirements-dev.lock
  of_now requirements-dev.lock > "$STAMP-test"
}

of_now() { cat "$1" pyproject.toml | sha256sum; }

# Whether a stamp was written for these versions.
is_set_up() { [ -e "$1" ] && [ "$(of_now "$2")" = "$(cat "$1")" ]; }

main() {
  local what=${1:-run} python missing
  python=$(find_python)
  missing=$(missing_packages "$python" "$what")
  # shellcheck disable=SC2086  # one word a package
  [ -z "$missing" ] || install_packages $missing
  [ "$what" != test ] || has_browser || install_browser
  is_set_up "$STAMP" requirements.lock || install_python_packages "$python"
  [ "$what" != test ] || is_set_up "$STAMP-test" requirements-dev.lock || install_test_tools
}

main "$@"
