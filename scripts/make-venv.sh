#!/usr/bin/env bash
# Makes the Python environment of the tests, once per list of requirements.
# Usage: scripts/make-venv.sh FOLDER REQUIREMENTS
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
requirements=$2

# The copy is written last: it says that everything in it was installed.
if cmp -s "$requirements" "$folder/installed.txt"; then
    exit 0
fi
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/python3" -m pip install --quiet --disable-pip-version-check -r "$requirements"
cp "$requirements" "$folder/installed.txt"
