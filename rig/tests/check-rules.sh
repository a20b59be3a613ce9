#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Checks the house rules that a machine can check. Prints each line that breaks one. Run it
# from the top of the tree.
set -u
bad=0

sources() { find "$@" -name '*.[ch]' | sort; }

# forbid WHERE PATTERN WHY: no line of the files may match
forbid() {
	where=$1 pattern=$2 why=$3
	found=$(grep -nE "$pattern" $where) || return 0
	echo "$found" | sed "s|\$|: $why|"
	bad=1
}

rooms='rig|guests|workloads|inject|reports'
# include paths of rooms in rig/ do not begin with "rig/", as for base and wire
rig='cmd|plan|run|nightly|guest|host|bisect|worsen|mutants|bench|fuzz'
include='^#include "'
not_test() { grep -vE "/(tests|fuzz)/"; }

# which room may include which; all may include base/ and wire/, tests and fuzz targets anything
forbid "$(sources rig/base | not_test)" "$include(wire|$rooms|$rig)/" "base/ includes no other room"
forbid "$(sources rig/wire | not_test)" "$include($rooms|$rig)/" "wire/ includes only base"
forbid "$(sources guests | not_test)" "$include($rig|workloads|inject|reports)/" \
	"guests/ includes only base and wire"
forbid "$(sources inject | not_test)" "$include($rig|guests|workloads|reports)/" \
	"inject/ includes only base and wire"
forbid "$(sources reports | not_test)" "$include(wire|$rig|guests|workloads|inject)/" \
	"reports/ includes only base"
forbid "$(sources workloads | not_test)" "$include($rig|guests|reports)/" \
	"workloads/ includes only base, wire and inject"

# the name of a pin, injector and so on occurs only in its own room, not in the frame
forbid "$(sources rig | not_test)" 'inject/gate|"gate-|injector_[a-z]+ ?[,;)]' \
	"rig/ uses injectors only through inject/injector.h"
forbid "$(sources rig guests workloads inject reports | not_test | grep -v '^rig/base/arch')" \
	'"(x86_64|amd64|q35|isa-serial|bzImage)"|ttyS0|"qemu-system|vmemmap_base"|#define (PAGE|PMD)[^_[:alnum:]]' \
	"architecture names and constants belong in base/arch.h"

# a private.h is included only from its own folder
found=$(for f in $(sources $(echo $rooms | tr '|' ' ') | not_test); do
	grep -n "$include.*private\.h\"" "$f" | while IFS= read -r line; do
		path=${line#*\"}
		case ${f#rig/} in
		"${path%/*}"/*) ;;
		*) echo "$f:$line: private to another folder" ;;
		esac
	done
done)
[ -z "$found" ] || { echo "$found"; bad=1; }

# in rig/run calls go one way: run.c, then worker.c and setup.c, then the rest
rest=$(ls rig/run/*.[ch] | grep -vE "/(run|worker|setup)[.-]")
forbid "rig/run/setup.c $rest" "$include.*/worker-private\\.h" "calls upwards"
forbid "rig/run/worker.c $rest" "$include.*/setup-private\\.h" "calls upwards"

# commands are at the top; that of bisect lies beside its parts
for room in run plan guest host nightly mutants worsen; do
	forbid "$(ls rig/$room/*.[ch])" "${include}cmd/" "calls upwards"
done

# each foreign library has one owner
owner() {
	pattern=$1 owners=$2
	for f in $(grep -lE "^#include <$pattern" $(sources $(echo $rooms | tr '|' ' ')) | not_test); do
		case " $owners " in
		*" $f "*) ;;
		*) echo "$f: includes <$pattern...>; its owner is $owners"; bad=1 ;;
		esac
	done
}
owner libvirt/ "rig/host/virt.c rig/host/virt-domain.c rig/host/virt-private.h"
owner libxml/ "rig/host/domain-xml.c reports/text/xml.c"
owner archive guests/archive/archive-io.c
owner libkmod guests/image/modules.c
owner "(elfutils|libelf|dwarf)" "reports/symbols/symbols-image.c reports/symbols/symbols-places.c reports/symbols/symbols-private.h"
owner "gelf" "guests/image/programs.c reports/symbols/kallsyms-elf.c reports/symbols/symbols-image.c reports/symbols/symbols-places.c reports/symbols/symbols-private.h"
owner jansson "reports/record/json-set.h reports/record/journal-private.h reports/record/run-json-private.h reports/record/run-merge-private.h reports/record/run-json.c reports/record/run-json-read.c reports/render/kcidb.c rig/host/qmp.c rig/host/qemu-argv.c"
owner pcre2 reports/splat/regex.c
owner nettle/ "guests/archive/sha256.c guests/archive/sha256.h"
owner xxhash rig/base/digest.c
owner sqlite "reports/history/index-private.h"
owner liburing workloads/pins/uring.c

# calls with a better alternative, and markers of unfinished code
all=$(sources $(echo $rooms | tr '|' ' '))
forbid "$all" '(^|[^_[:alnum:]])(gets|sprintf|vsprintf|strcat|strtok|tmpnam|mktemp|system|popen|alloca|atoi|atol) ?\(' \
	"banned call"
forbid "$(echo "$all" | not_test)" '(^|[^_[:alnum:]])(sleep|usleep) ?\(' "a fixed sleep: wait for an event"
forbid "$all" 'typedef struct' "no struct typedefs"
forbid "$all" '(^|[^[:alnum:]])(TODO|FIXME|XXX)([^[:alnum:]]|$)' "marked as unfinished"
# formatting; other versions of clang-format break some lines differently
if clang-format --version 2>/dev/null | grep -q "version 14\."; then
	echo "$all" | xargs -P "$(nproc)" -n 32 clang-format --dry-run -Werror ||
		{ echo "not formatted: run make format"; bad=1; }
else
	echo "formatting not checked: clang-format is not version 14" >&2
fi
for f in $all $(find $(echo $rooms | tr '|' ' ') -name '*.sh' -o -name '*.mk' -o -name '*.scn' -o -name '*.plan') Makefile; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
		{ echo "$f: no SPDX line"; bad=1; }
done
# a user finds every target in make help
help=$(${MAKE:-make} -s --no-print-directory help)
for t in $(sed -n "s/^\.PHONY://p" Makefile rig/rules.mk ./*/build.mk | grep -v "[$]"); do
	echo "$help" | grep -q "^$t " || { echo "make help does not name '$t'"; bad=1; }
done
if git ls-files 2>/dev/null | grep -E '\.py$'; then
	echo "Python in a Python-free project"
	bad=1
fi
exit $bad
