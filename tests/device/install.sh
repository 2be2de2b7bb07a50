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

# From 0.13 on the driver tells who reads, and adds devices while it is loaded.  Where the
# distribution has an older one, Debian 13's is built beside it, for the tests alone: it is
# not installed.
. /etc/os-release
release=$(ls /boot | sed -n 's/^vmlinuz-//p' | sort -V | tail -n 1)
place=/var/lib/vcam-device-tests/$release
version=$(dpkg-query -W -f '${Version}' v4l2loopback-dkms)
if [ "$ID" = debian ] && [ ! -e "$place/v4l2loopback-ctl" ] &&
    dpkg --compare-versions "$version" lt 0.13; then
    work=$(mktemp -d)
    trap 'rm -rf "$log" "$work"' EXIT
    mkdir "$work/lists" "$work/cache"
    echo 'deb http://deb.debian.org/debian trixie main' >"$work/sources.list"
    apt() {
        apt-get -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=- \
            -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" "$@"
    }
    if (
        cd "$work" && apt update && apt download v4l2loopback-dkms v4l2loopback-utils &&
            dpkg -x v4l2loopback-dkms_*.deb . && dpkg -x v4l2loopback-utils_*.deb . &&
            make -C "/lib/modules/$release/build" M="$(echo "$work"/usr/src/v4l2loopback-*)" modules &&
            mkdir -p "$place" &&
            cp usr/src/v4l2loopback-*/v4l2loopback.ko usr/bin/v4l2loopback-ctl "$place"
    ) >"$log" 2>&1; then :; else
        echo "the newer driver could not be built; its tests will skip" >&2
        tail -n 3 "$log" >&2
    fi
fi
