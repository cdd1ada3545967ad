#!/usr/bin/env bash
# Runs the two commands of the README's "Build it yourself" on a bare Debian 12: Git and npm, so
# Node 18, and hardly a tool besides. Both have to end well.
# Usage, as root and with debootstrap installed: bash scripts/bare-debian.sh [FOLDER]
# With FOLDER, the system in there is made once, kept, and used again.
set -euo pipefail

MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
CERTIFICATES=/etc/extra-certificates.pem
repository=$(cd "$(dirname "$0")/.." && pwd)

inside() { # COMMAND [ARGUMENT...]
	# The mounts are the command's own, and end with it.
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare --mount --pid --fork --kill-child sh -euc '
		mount --rbind /dev "$0/dev"
		mount -t tmpfs tmpfs "$0/dev/shm"
		mount -t proc proc "$0/proc"
		exec chroot "$0" env --ignore-environment "$@"
	' "$root" HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive NODE_EXTRA_CA_CERTS="$CERTIFICATES" "$@" </dev/null
}

if [ $# -gt 0 ]; then
	mkdir -p "$1"
	root=$(cd "$1" && pwd)
else
	root=$(mktemp -d)
	trap 'rm -rf --one-file-system "$root"' EXIT
fi
if [ ! -e "$root/usr/bin/npm" ]; then
	debootstrap --variant=minbase bookworm "$root" "$MIRROR"
	inside apt-get install --quiet --yes --no-install-recommends git npm
fi
# A machine behind a proxy knows its certificate.
cp "${NODE_EXTRA_CA_CERTS:-/dev/null}" "$root$CERTIFICATES"
cp /etc/hosts /etc/resolv.conf "$root/etc"

rm -rf "$root/srv/pprotect.git" "$root/root/pprotect"
git clone --quiet --bare "$repository" "$root/srv/pprotect.git"
inside sh -exc '
	cd
	git clone --quiet /srv/pprotect.git
	cd pprotect
	node --version
	npx --yes bun@1.4.5 run quickstart
	npx --yes bun@1.4.5 run verify
'
