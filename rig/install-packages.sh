#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# install-packages.sh [LIST]: installs the missing packages of LIST (default: packages.list).
# When it cannot, it prints what to do.
set -eu

list=${1:-$(dirname "$0")/packages.list}
missing=
for p in $(sed 's/#.*//' "$list"); do
	case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true) in
	installed) ;;
	*) missing="$missing $p" ;;
	esac
done
# QEMUs that root starts run as this user, and libvirt's driver requires it
no_user=
if [ "$(id -u)" = 0 ] && ! getent passwd libvirt-qemu >/dev/null; then
	no_user=1
fi
[ -n "$missing$no_user" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "daxrig: no apt-get here; install by hand:$missing" >&2
	exit 3
fi
if [ "$(id -u)" = 0 ]; then
	as_root=env
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	as_root=sudo
else
	echo "daxrig: packages are missing, and this user is not root and has no sudo; as root run:" >&2
	echo "  apt-get install --no-install-recommends$missing" >&2
	exit 3
fi
if [ -n "$no_user" ]; then
	useradd --system --user-group --no-create-home --shell /usr/sbin/nologin libvirt-qemu
fi
[ -n "$missing" ] || exit 0
echo "  APT   $missing"
apt="$as_root DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $apt update && $apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "daxrig: the packages above could not be installed:$missing" >&2
	exit 3
fi
