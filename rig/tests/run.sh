#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh JOBS SECONDS PROGRAM... [-- JOBS SECONDS PROGRAM...]: runs cmocka programs, JOBS at once,
# each in its own process group with its own time limit, and prints a line with the time of each.
# The full output of a failed program follows its line. The last line is "N passed, N failed". A
# program that dies or exceeds its limit counts as one more failure.
set -u

# run.sh --one FOLDER SECONDS PROGRAM: runs one of them; leaves its counts in FOLDER.
if [ "$1" = --one ]; then
	name=$(basename "$4")
	log=$2/$name.log
	start=$(date +%s%N)
	timeout --kill-after=10 "$3" "$4" >"$log" 2>&1
	status=$?
	ms=$((($(date +%s%N) - start) / 1000000))
	ok=$(grep -c '^\[       OK \]' "$log")
	no=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$log")
	no=${no:-$([ $status = 0 ] && echo 0 || echo 1)}
	echo "$ok $no" >"$2/$name.counts"
	time=$(printf '%d.%d s' $((ms / 1000)) $((ms / 100 % 10)))
	exec 9>"$2/lock"
	flock 9
	if [ "$status" = 0 ]; then
		printf '  %-6s %s (%s) %s\n' PASS "$name" "$ok" "$time"
	else
		printf '  %-6s %s: exit status %s, %s\n' FAIL "$name" "$status" "$time"
		sed 's/^/    /' "$log"
	fi
	exit 0
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
expected=0
while [ $# -gt 2 ]; do
	jobs=$1 limit=$2
	shift 2
	: >"$dir/programs"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		echo "$1" >>"$dir/programs"
		expected=$((expected + 1))
		shift
	done
	[ $# = 0 ] || shift
	xargs -r -P "$jobs" -n 1 "$0" --one "$dir" "$limit" <"$dir/programs"
done
cat "$dir"/*.counts 2>/dev/null | awk -v missing="$expected" '
	{ passed += $1; failed += $2; missing-- }
	END { print passed + 0 " passed, " failed + missing " failed"; exit failed + missing > 0 }'
