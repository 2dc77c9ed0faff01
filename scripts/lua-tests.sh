#!/usr/bin/env bash
# Prints the folder with the test suite of Lua 5.4.4: LUA_TESTS if it is set, otherwise $1, which is filled from Lua's
# repository when the suite is not there. The files that are run are checked against lua-tests.sha256.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
archive="${LUA_TESTS_ARCHIVE:-https://github.com/lua/lua/archive/refs/tags/v5.4.4.tar.gz}"
folder="${LUA_TESTS:-$1}"
if [ -z "${LUA_TESTS:-}" ] && [ ! -e "$folder/pm.lua" ]; then
    mkdir -p "$folder"
    curl --fail --silent --show-error --location "$archive" |
        tar --extract --gzip --directory "$folder" --strip-components=2 --wildcards '*/testes/*.lua' >&2
fi
cd "$folder"
sha256sum --check --quiet "$here/lua-tests.sha256" >&2
pwd
