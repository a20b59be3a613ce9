#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# check-manual.sh MANUAL: checks that MANUAL has a section for each command of ./daxrig, with
# exactly the options and actions of the command's --help. Prints the differences.
set -eu
manual=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

commands=$(./daxrig --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$commands" ]
for c in $commands; do
	echo "$c"
	./daxrig "$c" --help | awk -v c="$c" '
		/^Actions:/ { actions = 1 }
		/^$/ { actions = 0 }
		actions && /^  [a-z]/ { print c, $1 }
		/^  --/ && $1 != "--help" { print c, $1 }'
done | sort -u >"$dir/help"

# ".It Fl -why , Fl -names" is two options, ".It Cm list Fl -available" an action with one.
awk '
	/^\.S[hs] / { section = $0 == ".Ss " $2 ? $2 : "" }
	section && /^\.Ss / { print section }
	section && /^\.It (Fl|Cm) / {
		for (i = 2; i < NF; i++)
			if ($i == "Fl")
				print section, "-" $(i + 1)
			else if ($i == "Cm" && i == 2 && section == "kernel")
				print section, $(i + 1)
	}' "$manual" | sort -u >"$dir/manual"
for c in $commands; do
	grep -q "^\.Cm $c\$" "$manual" || echo "$manual: the synopsis lacks '$c'"
done >"$dir/wrong"
comm -23 "$dir/help" "$dir/manual" | sed "s|.*|$manual: '&' is missing|" >>"$dir/wrong"
comm -13 "$dir/help" "$dir/manual" | sed "s|.*|$manual: '&' is not in --help|" >>"$dir/wrong"
cat "$dir/wrong"
[ ! -s "$dir/wrong" ]
