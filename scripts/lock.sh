#!/bin/sh
# Write requirements.lock: one set of versions for every supported Python and system, each file with its SHA-256.
# Addresses of package indexes never enter it, so it works with any mirror.
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null 2>&1 || { echo 'lock: uv is needed (for instance: pipx install uv)' >&2; exit 1; }
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
cp requirements.lock "$fresh"
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" pyproject.toml --output-file "$fresh"
{ head -n 1 requirements.lock; grep -v '^#' "$fresh"; } >requirements.lock.new
mv requirements.lock.new requirements.lock
