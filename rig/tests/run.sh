#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs cmocka programs, each in its own process group with its own time limit, and sums
# up: run.sh SECONDS PROGRAM... [SECONDS PROGRAM...]. The last line is "N passed, N failed". A program that
# dies or runs out of time is one failure more.
set -u
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for t; do
	case $t in
	[0-9]*)
		limit=$t
		continue ;;
	esac
	timeout --kill-after=10 "$limit" "$t" >"$log" 2>&1
	status=$?
	ok=$(grep -c '^\[       OK \]' "$log")
	no=$(sed -n 's/^ *\([0-9]*\) FAILED TEST(S)$/\1/p' "$log")
	no=${no:-$([ $status = 0 ] && echo 0 || echo 1)}
	passed=$((passed + ok)) failed=$((failed + no))
	if [ "$status" = 0 ]; then
		printf '  %-6s %s (%s)\n' PASS "$(basename "$t")" "$ok"
	else
		printf '  %-6s %s: exit status %s\n' FAIL "$(basename "$t")" "$status"
		sed 's/^/    /' "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
