#!/bin/sh
# Installs what the tests under a Windows Python need on Debian or Ubuntu: wine, and a
# compiler for Windows.
set -e
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
    apt-get update -qq &&
        apt-get install -y -qq --no-install-recommends binutils gcc-mingw-w64-x86-64-win32 \
            wine wine64
} >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
