#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh PROGRAM FOLDER SECONDS [SEED...]: fuzzes for SECONDS; prints one line, or on failure
# libFuzzer's output.
set -eu
program=$1 folder=$2 seconds=$3
shift 3
name=${program##*/fuzz-}
found=${program%/*}/found/$name
log=${program%/*}/$name.log
mkdir -p "$found"
files= folders=
for seed in "$folder$name" "$@"; do
	if [ -d "$seed" ]; then
		folders="$folders $seed"
	elif [ -f "$seed" ]; then
		files="$files,$seed"
	fi
done
dict=$folder$name.dict
"$program" -max_total_time="$seconds" -max_len=16384 -timeout=10 -print_final_stats=1 \
	-artifact_prefix="${program%/*}/$name-" ${files:+-seed_inputs="${files#,}"} \
	$([ -f "$dict" ] && echo "-dict=$dict") "$found" $folders >"$log" 2>&1 || {
	tail -n 60 "$log" >&2
	echo "daxrig: fuzz target $name failed; its input is in ${program%/*}/$name-*" >&2
	exit 1
}
printf '  FUZZ   %s: %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
