#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs each of $tests on a new filesystem; dax-xfs.sh and the others set what to make and mount.
# DAX_PMEM names the pmem device, as in /dev/pmem0, and DAX_DEVICE a device-DAX node: what they
# hold is lost. Words name the tests.
tests=${*:-$tests}
. ../kselftest/ktap_helpers.sh

skip_all()
{
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

# each line as a comment, at once; exits with 4 if all results are skips
comment()
{
	awk '{ print "# " $0; fflush() }
		/^not ok / || (/^ok / && !/# SKIP/) { ran = 1 }
		END { exit ran ? 0 : 4 }'
}

# run TEST: its output; returns its exit status
run()
{
	exec 4>&1
	status=$( { { DAX_MOUNT=$mount "./$1" 2>&1; echo $? >&3; } | comment >&4 || echo 4 >&3; } 3>&1)
	exec 4>&-
	set -- $status
	[ "$1" = 0 ] || return "$1"
	return "${2:-0}"
}

try()
{
	if [ ! -x "./$1" ]; then
		ktap_test_skip "$1" # it was not built: a library is missing
		return
	fi
	if ! $mkfs "$DAX_PMEM" >/dev/null || ! mount -t "$fs" -o "$options" "$DAX_PMEM" "$mount"; then
		ktap_test_fail "$1"
		return
	fi
	run "$1"
	status=$?
	! grep -q " $mount " /proc/mounts || umount "$mount" || stuck=1
	[ "$stuck" = 0 ] || status=$KSFT_FAIL
	case $status in
	"$KSFT_PASS") ktap_test_pass "$1" ;;
	"$KSFT_SKIP") ktap_test_skip "$1" ;;
	*) ktap_test_fail "$1" ;;
	esac
}

ktap_print_header
[ "$(id -u)" = 0 ] || skip_all "it needs root"
case ${DAX_PMEM:-} in
/dev/pmem*) ;;
*) skip_all "DAX_PMEM must name a pmem device, as /dev/pmem0, whose contents are lost" ;;
esac
[ -b "$DAX_PMEM" ] || skip_all "there is no $DAX_PMEM"
! grep -q "^$DAX_PMEM " /proc/mounts || skip_all "$DAX_PMEM is mounted"
modprobe -q "$fs"
grep -qw "$fs" /proc/filesystems || skip_all "the kernel has no $fs"
command -v "${mkfs%% *}" >/dev/null || skip_all "there is no ${mkfs%% *}"
mount=$(mktemp -d)
stuck=0
trap 'rmdir "$mount"' EXIT
ktap_set_plan "$(echo $tests | wc -w)"
for t in $tests; do
	try "$t"
	[ "$stuck" = 0 ] ||
		ktap_exit_fail_msg "$DAX_PMEM stays mounted: reboot, and name the tests after $t"
done
if [ "$KTAP_CNT_SKIP" = "$KSFT_NUM_TESTS" ]; then
	ktap_print_totals
	exit "$KSFT_SKIP"
fi
ktap_finished
