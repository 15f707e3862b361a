#!/bin/sh
# Somebody who can write in the data folder attacks it, in every way that is known: each must be refused and told, in the
# shell and in the app. Run it from anywhere:  sh tests/faults/forged_folder.sh [part of an attack's name ...]
# It needs what the tests need (make .venv/.dev); all it makes lies in a folder of its own. It takes some minutes.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
python=${PYTHON:-$here/.venv/bin/python}
[ -x "$python" ] || python=python3
cd "$here"
exec "$python" -m tests.faults.forged_folder "$@"
