#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs below a scratch folder, and checks that what is there runs from there.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
${MAKE:-make} -s --no-print-directory install DESTDIR="$dir" PREFIX=/usr >/dev/null

fail() {
	echo "check-install: $1" >&2
	exit 1
}
cd /
bin=$dir/usr/bin/daxrig
export DAXRIG_DATA="$dir/data" DAXRIG_CACHE="$dir/cache" DAXRIG_STATE="$dir/state"
"$bin" list plans | grep -q '^quick ' || fail "no plans"
"$bin" list scenarios | grep -q '^punch-waits' || fail "no scenarios"
"$bin" list findings | grep -q '^clone-killed ' || fail "no findings"
[ -x "$dir/usr/libexec/daxrig/build/daxrig-agent" ] || fail "no agent"
[ -f "$dir/usr/libexec/daxrig/build/daxrig-coverage.so" ] || fail "no plugin"
"$bin" nightly --check "$dir/usr/share/doc/daxrig/example.night" || fail "the example is no night"
unit=$dir/usr/lib/systemd/system/daxrig-nightly.service
grep -q '^ExecStart=/usr/bin/daxrig nightly ' "$unit" || fail "the unit does not start daxrig"
grep -q '@' "$unit" && fail "the unit has a placeholder"
[ -f "$dir/usr/lib/systemd/system/daxrig-nightly.timer" ] || fail "no timer"
[ -f "$dir/usr/share/man/man1/daxrig.1" ] || fail "no manual"
bash -n "$dir/usr/share/bash-completion/completions/daxrig" || fail "the completion is no bash"
