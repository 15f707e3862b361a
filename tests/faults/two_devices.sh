#!/bin/sh
# Two devices meet over a real git repository: what each wrote is on both in the end, and what was purged is on neither.
# Run it from anywhere:  sh tests/faults/two_devices.sh
# It uses `toward` from PATH, or else ${PYTHON:-python3} -m tracker; all it makes lies in a folder of its own.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
if [ -z "${PYTHON:-}" ] && command -v toward >/dev/null 2>&1; then
    toward() { command toward "$@"; }
else
    toward() { PYTHONPATH="$here" "${PYTHON:-python3}" -m tracker "$@"; }
fi
command -v git >/dev/null 2>&1 || { echo "git is not installed, so nothing was tried"; exit 1; }

root=$(mktemp -d "${TMPDIR:-/tmp}/toward-two-devices.XXXXXX")
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
unset TOWARD_DATA TOWARD_NOW || true
export HOME="$root/home" GIT_CONFIG_NOSYSTEM=1
mkdir -p "$HOME"

say() { printf '%s\n' "$*"; }
on() { # on DEVICE TIME COMMAND...: as if typed on that device at that time
    device=$1 TOWARD_NOW=$2
    shift 2
    export TOWARD_NOW XDG_STATE_HOME="$root/$device-state"
    toward --data "$root/$device" "$@" </dev/null >>"$root/log" 2>&1 || {
        say "on $device, this did not work: $*"
        tail -n 3 "$root/log"
        exit 1
    }
}
note() { # note DEVICE TIME WORDS: a private note with a check, from standard input
    export TOWARD_NOW=$2 XDG_STATE_HOME="$root/$1-state"
    printf '%s\n' "$3" | toward --data "$root/$1" done reply --day 2026-11-23 --note >>"$root/log" 2>&1 || {
        say "on $1, a note could not be written"
        tail -n 3 "$root/log"
        exit 1
    }
}
export_of() {
    export TOWARD_NOW=2026-11-24T20:00:00+01:00 XDG_STATE_HOME="$root/$1-state"
    toward --data "$root/$1" export --json --private | sed -n -e 's/,$//' -e '/^{"as":/p' -e '/^{"at":/p' | sort >"$root/$1.json"
}

say "1. a bare repository, and a first device that fills it"
git init --quiet --bare "$root/between.git"
on desk 2026-11-23T08:00:00+01:00 add s4.reachable
on desk 2026-11-23T08:01:00+01:00 add "Small things" --step s2 --kind count --schedule daily
on desk 2026-11-23T08:02:00+01:00 done reply
on desk 2026-11-23T08:03:00+01:00 sync --set "$root/between.git"
on desk 2026-11-23T08:04:00+01:00 sync

say "2. a second device takes part"
on phone 2026-11-23T09:00:00+01:00 sync --set "$root/between.git"
on phone 2026-11-23T09:01:00+01:00 sync --join

say "3. both write at the same time, also a note for one day"
on desk 2026-11-23T10:00:00+01:00 done "small things" 2
note desk 2026-11-23T10:01:00+01:00 "from the desk"
on desk 2026-11-23T10:02:00+01:00 time 45m
on desk 2026-11-23T10:03:00+01:00 undo
on phone 2026-11-23T10:00:30+01:00 done "small things" 3
note phone 2026-11-23T10:01:30+01:00 "from the phone"

say "4. they exchange, and exchange again"
on desk 2026-11-23T11:00:00+01:00 sync
on phone 2026-11-23T11:01:00+01:00 sync
on desk 2026-11-23T11:02:00+01:00 sync

say "5. one forgets an entry for good, the other goes on writing"
note phone 2026-11-23T12:00:00+01:00 "PURGED words"
on phone 2026-11-23T12:01:00+01:00 sync
on desk 2026-11-23T12:02:00+01:00 sync
on desk 2026-11-23T12:03:00+01:00 purge reply --day 2026-11-23 --note --yes
on phone 2026-11-23T12:04:00+01:00 done "small things" 1
on desk 2026-11-23T12:05:00+01:00 sync
on phone 2026-11-23T12:06:00+01:00 sync
if ! grep -r -q "PURGED words" "$root/phone"; then
    say "OBEYED UNASKED: an order from elsewhere emptied this device's files before anybody said yes"
    exit 1
fi
on phone 2026-11-23T12:06:30+01:00 incoming accept --yes
on phone 2026-11-23T12:06:40+01:00 sync
on desk 2026-11-23T12:07:00+01:00 sync
on phone 2026-11-23T12:08:00+01:00 sync

export_of desk
export_of phone
events=$(wc -l <"$root/desk.json" | tr -d ' ')
if ! diff "$root/desk.json" "$root/phone.json"; then
    say "NOT THE SAME: the lines above are on one device alone"
    exit 1
fi
if [ "$events" -lt 8 ]; then
    say "NOT ALL THERE: only $events events"
    exit 1
fi
if grep -r -l "PURGED words" "$root/desk" "$root/phone" "$root/desk-state" "$root/phone-state"; then
    say "NOT FORGOTTEN: the files above still hold what was purged"
    exit 1
fi
say "Both devices hold the same $events events, and what was purged is on neither."
