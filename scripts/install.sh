#!/usr/bin/env bash
# Installs what is missing for `make run` ("build") and `make test` ("test") with Debian's apt.
# Usage: scripts/install.sh build [test]
# What counts is whether a tool or library is there, not which package brought it: a machine that has everything
# is left alone, and one without apt is told what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()

# need PACKAGE CHECK... notes PACKAGE as missing unless the command CHECK succeeds.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

has() { command -v "$1"; }

if ! has swift >/dev/null; then
    echo "There is no Swift toolchain on the path. Version 6.2 or later is needed: https://www.swift.org/install/" >&2
    exit 1
fi

need_for_build() {
    need pkg-config has pkg-config
    need liblua5.4-dev pkg-config --exists lua5.4
    need libyaml-dev pkg-config --exists yaml-0.1
    need libsnappy-dev test -e /usr/include/snappy-c.h
    need libsqlite3-dev pkg-config --exists sqlite3
    need zlib1g-dev pkg-config --exists zlib
    need binutils has strip
}

need_for_test() {
    need lua5.4 has lua5.4
    need lua-check has luacheck
    need shellcheck has shellcheck
    need prometheus has promtool
    need prometheus-node-exporter has prometheus-node-exporter
    need h2o has h2o
    need nginx-light test -x /usr/sbin/nginx
    need openssl has openssl
    need python3-venv python3 -c "import venv, ensurepip"
    need fuse3 has fusermount3
    need iproute2 has ip
    need nftables has nft
    need curl has curl
    need inetutils-telnetd test -x /usr/sbin/telnetd
    need snmpd test -x /usr/sbin/snmpd
    need snmp has snmpbulkwalk
    need snmpsim has snmpsimd
    need prometheus-snmp-exporter has prometheus-snmp-exporter
    need prometheus-pushgateway has prometheus-pushgateway
    need strace has strace
    need victoria-metrics test -x /usr/bin/victoria-metrics
}

for set in "$@"; do
    case $set in
        build) need_for_build ;;
        test) need_for_test ;;
        *) echo "scripts/install.sh: unknown set \"$set\"" >&2 && exit 2 ;;
    esac
done

if [ ${#missing[@]} -gt 0 ]; then
    exec scripts/apt-install.sh "${missing[@]}"
fi
