#!/usr/bin/env bash
# The tests need programs that are no Python packages: a Chromium for the browser tests, Java and Maven for Apache Kafka.
# Uses what is there; on Debian, as root, installs what is missing.
set -euo pipefail

have() { command -v "$1" >/dev/null; }
missing=()
have "${DIGLOT_CHROMIUM:-chromium}" || have chromium-browser || have google-chrome || missing+=(chromium fonts-noto-cjk)
have java || missing+=(default-jre-headless)
have mvn || missing+=(maven)
[ ${#missing[@]} = 0 ] && exit 0

if [ "$(id -u)" = 0 ] && have apt-get; then
  echo "Installing for the tests: ${missing[*]} ..."
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The tests need these programs (names of Debian's packages): ${missing[*]}" >&2
  echo "Install them, or run a part: make test-fast, or .venv/bin/pytest -m 'not kafka and not browser'" >&2
  exit 1
fi
