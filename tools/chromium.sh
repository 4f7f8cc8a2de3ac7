#!/usr/bin/env bash
# Browser tests need a Chromium: use the one that is there, else install Debian's.
set -euo pipefail
for name in "${DIGLOT_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests ..."
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
else
  echo "The browser tests need Chromium. Install it, or set DIGLOT_CHROMIUM to its path." >&2
  exit 1
fi
