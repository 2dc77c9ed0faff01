#!/usr/bin/env bash
# Installs Debian packages without letting them start a service.
# Usage: scripts/apt-install.sh PACKAGE...
set -euo pipefail

if ! command -v apt-get >/dev/null; then
    echo "This machine has no apt. Please install what these Debian packages hold, then try again:" >&2
    printf '  %s\n' "$@" >&2
    exit 1
fi

sudo=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "This needs root. Please run as root: apt-get install $*" >&2
        exit 1
    fi
    sudo=(sudo)
fi

# Prints the services that come with a package and would start at once and at every boot.
services_of() {
    case $1 in
        h2o | prometheus | prometheus-node-exporter | prometheus-pushgateway | prometheus-snmp-exporter | \
            snmpd | victoria-metrics) echo "$1" ;;
        inetutils-telnetd) echo inetutils-inetd inetutils-syslogd ;;
    esac
}

is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

unwanted=()
for package in "$@"; do
    for service in $(services_of "$package"); do
        is_installed "$service" || unwanted+=("$service")
    done
done

# Against the start at once, Debian's switch is a policy-rc.d that says no (exit 101); a policy that is already there is
# kept.
policy=/usr/sbin/policy-rc.d
remove_policy() { "${sudo[@]}" rm -f "$policy"; }
if [ ! -e "$policy" ]; then
    trap remove_policy EXIT
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
fi

echo "Installing $*"
"${sudo[@]}" apt-get update
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"

for service in "${unwanted[@]}"; do
    if is_installed "$service" && command -v systemctl >/dev/null; then
        "${sudo[@]}" systemctl disable "$service" || echo "$service: could not switch off its service" >&2
    fi
done
