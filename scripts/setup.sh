#!/bin/sh
# Make this folder ready to run: system libraries, a Python of at least 3.11, and .venv with exactly requirements.lock.
# Safe to run at any time; when nothing changed it ends at once. PYTHON=/path/to/python chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."
stamp=.venv/.ready
wanted=$({ cat requirements.lock pyproject.toml scripts/setup.sh; pwd; } | sha256sum)

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

is_ready() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; }

is_ready && exit 0
# a second `make` waits for the first
if command -v flock >/dev/null 2>&1; then
    exec 9<scripts/setup.sh
    flock 9
    is_ready && exit 0
fi

as_root=none
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
fi

# Install Debian packages, or say how to; the caller decides whether it can go on without them.
install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "setup: these libraries are missing; on Debian they are in the packages: $*"
        return 1
    fi
    if [ "$as_root" = none ]; then
        say "setup: please run:  sudo apt-get install --yes $*"
        return 1
    fi
    say "Installing system packages: $*"
    { $as_root apt-get -qq update &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
    } || { say "setup: that failed; please run:  sudo apt-get install --yes $*"; return 1; }
}

# library file, Debian package
libraries='
libGL.so.1 libgl1
libEGL.so.1 libegl1
libfontconfig.so.1 libfontconfig1
libxkbcommon.so.0 libxkbcommon0
libglib-2.0.so.0 libglib2.0-0
libdbus-1.so.3 libdbus-1-3
libpulse.so.0 libpulse0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-keysyms.so.1 libxcb-keysyms1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-shape.so.0 libxcb-shape0
'

install_libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    known=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null) || return 0
    missing=$(printf '%s' "$libraries" | while read -r file package; do
        [ -n "$file" ] || continue
        case "$known" in *"$file"*) ;; *) printf '%s ' "$package" ;; esac
    done)
    # real windows without a screen, for the tests that need one
    command -v Xvfb >/dev/null 2>&1 || [ "$as_root" = none ] || missing="${missing}xvfb"
    # shellcheck disable=SC2086  # a list of words
    [ -z "$missing" ] || install_packages $missing || true
}

# the database that the tests of a server with several processes start for themselves; no cluster of its own
install_postgres() {
    [ "$(uname -s)" = Linux ] && [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1 || return 0
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && return 0
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $as_root mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    install_packages postgresql || true
}

# the browser in which the tests run packages of lessons; without it they are left out
install_browser() {
    [ "$(uname -s)" = Linux ] && [ "$as_root" != none ] && command -v apt-get >/dev/null 2>&1 || return 0
    command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || install_packages chromium || true
}

fits='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c "$fits" 2>/dev/null && command -v "$PYTHON"
        return
    fi
    # the system's own first: distributions build it with profiles of real use, which makes it up to a third faster
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11 /usr/local/bin/python3 \
        "${HOME:-/nonexistent}"/.pyenv/versions/3.1[1-9]*/bin/python3; do
        if "$candidate" -c "$fits" 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

make_environment() {
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        python=$(find_python) || { [ -z "${PYTHON:-}" ] && install_packages python3 python3-venv && python=$(find_python); } ||
            fail "no Python 3.11 or newer with venv was found${PYTHON:+ at $PYTHON}; name one with PYTHON=/path/to/python3"
        say "Making .venv with $python"
        "$python" -m venv --clear .venv || fail "$python could not make .venv (see above)"
    fi
    say 'Installing the packages of requirements.lock (a minute or two)'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --prefer-binary \
        --require-hashes --requirement requirements.lock ||
        fail 'the packages could not be installed (see above); the next run goes on from here'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
        fail 'the product itself could not be installed (see above)'
    .venv/bin/python -c 'import PySide6.QtGui' || fail 'Qt cannot be loaded: a system library named above is missing'
}

install_libraries
install_postgres
install_browser
make_environment
printf '%s\n' "$wanted" >"$stamp"
