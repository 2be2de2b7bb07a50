#!/bin/sh
# Installs what the device tests need on Debian or Ubuntu: qemu, and a stock kernel with
# v4l2loopback and vivid.  The kernel is never booted outside the tests' own machine.
set -e
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
    apt-get update -qq &&
        apt-get install -y -qq --no-install-recommends qemu-system-x86 busybox-static kmod \
            linux-image-amd64 linux-headers-amd64 v4l2loopback-dkms v4l-utils
} >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
