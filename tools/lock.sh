#!/usr/bin/env bash
# Writes one lock per image and one for development, all resolved together so that versions agree; and one for the
# benchmarks, by itself: a peer there wants an older pydantic than ours.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
compile() { # NAME [extra ...]
  local name=$1; shift
  local extras=(); for e in "$@"; do extras+=(--extra "$e"); done
  "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --prerelease=if-necessary-or-explicit \
    --no-emit-index-url --no-emit-find-links "${extras[@]}" "${constraint[@]}" pyproject.toml -o "locks/$name.txt"
}
constraint=()
compile dev dev
constraint=(-c locks/dev.txt)
for service in ingest analyze translate publish; do compile "$service" "$service" otel; done
constraint=()
compile bench bench
