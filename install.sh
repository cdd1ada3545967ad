#!/bin/sh
# Installs pprotect: curl -fsSL https://github.com/pprotect/pprotect/releases/latest/download/install.sh | sh
#
# Puts pprotect into a folder, with a link to it named pocket_protector, and touches nothing else. Its archive is compared with
# the release's SHA256SUMS before it is unpacked, and the program is run before it is installed.

# All is in functions, called on the last line: a download that breaks off runs nothing.
set -eu
[ -z "${ZSH_VERSION-}" ] || emulate sh

base_url=${PPROTECT_BASE_URL:-https://github.com/pprotect/pprotect}

usage() {
	cat <<USAGE
Installs pprotect.

Usage: install.sh [--version VERSION] [--dir DIR] [--attested] [--commit COMMIT]

  --version VERSION  this version (default: the latest)
  --dir DIR          install into DIR (default: ~/.local/bin, for root /usr/local/bin)
  --attested         verify with gh that GitHub built it from the tag of that version
  --commit COMMIT    verify with gh that GitHub built it from COMMIT
  -h, --help         show help

Environment: PPROTECT_BASE_URL is where releases are (default: $base_url).
USAGE
}

main() {
	version='' dir='' attested='' commit=''
	while [ $# -gt 0 ]; do
		case $1 in
		--version | --dir | --commit)
			[ $# -gt 1 ] || fail "$1 needs a value" 'for help: install.sh --help'
			case $1 in
			--dir) dir=$2 ;;
			--commit) commit=$2 attested=yes ;;
			*) version=${2#v} ;;
			esac
			shift
			;;
		--version=*) version=${1#*=} version=${version#v} ;;
		--dir=*) dir=${1#*=} ;;
		--commit=*) commit=${1#*=} attested=yes ;;
		--attested) attested=yes ;;
		-h | --help)
			usage
			exit 0
			;;
		*) fail "there is no option $1" 'for help: install.sh --help' ;;
		esac
		shift
	done
	is_version "$version" || fail "$version is no version" 'one looks like 1.2.3'
	[ -n "$dir" ] || dir=$(default_dir)

	target=$(find_target)
	has_libraries
	has_tools
	staging=''
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	make_staging
	fetch_archive
	check_archive
	[ -z "$attested" ] || check_attestation
	unpack
	try_program
	if [ -L "$dir/pprotect" ]; then
		say "replacing a link: $dir/pprotect -> $(readlink "$dir/pprotect")"
	fi
	mv -f "$staging/pprotect" "$dir/pprotect" || fail "cannot write $dir/pprotect"
	link_old_name
	say "installed pprotect $version in $dir/pprotect"
	say_what_is_next
}

say_what_is_next() {
	# Not from here: PATH may have the current folder, whichever that is.
	first=$(cd / && command -v pprotect) || :
	# However PATH spells the folder.
	# shellcheck disable=SC3013 # every sh has it, and so does POSIX since 2024
	if [ "$first" -ef "$dir/pprotect" ]; then
		say 'to begin: pprotect init'
		return
	fi
	case :$PATH: in
	*":$dir:"* | *":$dir/:"*)
		say "another pprotect comes first in PATH: $first; remove it, or put $dir before it"
		return
		;;
	esac
	[ -z "$first" ] || say "another pprotect is in PATH: $first"
	case $dir in
	*[\$\`\"\\:]*) say "$dir is not in PATH" ;;
	*) say "$dir is not in PATH; to use it in this shell: export PATH=\"$dir:\$PATH\"" ;;
	esac
}

# $1: a version, or nothing.
is_version() {
	case $1 in *[!0-9A-Za-z.+-]*) return 1 ;; esac
}

# The name of the Python tool, for scripts that use it. Its own program stays where it is.
link_old_name() {
	if [ -e "$dir/pocket_protector" ] || [ -L "$dir/pocket_protector" ]; then return; fi
	ln -s pprotect "$dir/pocket_protector" || say "cannot write $dir/pocket_protector"
}

default_dir() {
	if [ "$(id -u)" = 0 ]; then
		echo /usr/local/bin
	else
		[ -n "${HOME:-}" ] || fail 'HOME is not set' 'name a folder: --dir DIR'
		echo "$HOME/.local/bin"
	fi
}

find_target() {
	system=$(uname -s)
	processor=$(uname -m)
	case $system in
	Linux) system=linux ;;
	Darwin) system=macos ;;
	MINGW* | MSYS* | CYGWIN*)
		fail 'this script does not install on Windows' "unpack a zip of $base_url/releases/latest"
		;;
	*) fail "there is no pprotect for $system" "build it from source: $base_url" ;;
	esac
	# Under Rosetta, an Apple processor calls itself x86_64.
	if [ "$system-$processor" = macos-x86_64 ] &&
		[ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then
		processor=arm64
	fi
	case $processor in
	x86_64 | amd64) processor=x64 ;;
	aarch64 | arm64) processor=arm64 ;;
	*) fail "there is no pprotect for the processor $processor" "build it from source: $base_url" ;;
	esac
	libc=''
	if [ "$system" = linux ] && is_musl; then libc=-musl; fi
	echo "$system-$processor$libc"
}

# The C library that programs of this system use, not one that is merely there too.
is_musl() {
	if has ldd; then
		case $(ldd --version 2>&1) in
		*musl*) return 0 ;;
		*GLIBC* | *GNU* | *'Free Software Foundation'*) return 1 ;;
		esac
	fi
	for loader in /lib/ld-linux-*.so.* /lib64/ld-linux-*.so.*; do
		[ -e "$loader" ] && return 1
	done
	for loader in /lib/ld-musl-*.so.*; do
		[ -e "$loader" ] && return 0
	done
	return 1
}

# Before anything is fetched. The globs are for systems that have a folder for each processor.
has_libraries() {
	case $target in *-musl) ;; *) return ;; esac
	for library in libstdc++.so.6 libgcc_s.so.1; do
		[ -n "$(ls -d "/lib/$library" "/usr/lib/$library" /usr/lib/*/"$library" /lib/*/"$library" 2>/dev/null)" ] || needs_libraries
	done
}

needs_libraries() {
	fail 'pprotect does not run: it needs the C++ library' 'type: apk add libstdc++ libgcc'
}

# All that is needed later, before anything is fetched.
has_tools() {
	[ -z "$attested" ] || has gh || fail 'gh is not there' 'install it: https://cli.github.com'
	has curl || has wget || fail 'neither curl nor wget is there' 'install one of them'
	has tar || fail 'tar is not there' 'install it'
	has gzip || has xz || fail 'neither gzip nor xz is there' 'install one of them'
	has sha256sum || has shasum || has openssl ||
		fail 'neither sha256sum, shasum nor openssl is there' 'install one of them'
}

# In the folder itself: elsewhere programs may not be allowed to run, nor be moved in one step.
make_staging() {
	mkdir -p "$dir" 2>/dev/null || fail "cannot make the folder $dir" 'name another: --dir DIR'
	dir=$(CDPATH='' cd -- "$dir" && pwd) || fail "cannot enter $dir" 'name another: --dir DIR'
	# A program moved there would be in that folder, not in its place.
	[ ! -d "$dir/pprotect" ] || fail "$dir/pprotect is a folder" 'name another place: --dir DIR'
	staging=$dir/.pprotect-install-$$
	(umask 077 && mkdir "$staging") 2>/dev/null || {
		staging=''
		fail "cannot write to $dir" 'name another folder: --dir DIR'
	}
}

fetch_archive() {
	if [ -n "$version" ]; then
		fetch "releases/download/v$version/SHA256SUMS" SHA256SUMS
	else
		fetch releases/latest/download/SHA256SUMS SHA256SUMS
	fi
	# As busybox, where it has no helper for TLS.
	if grep -qs 'certificate validation not implemented' "$staging/log"; then
		say 'warning: this wget does not verify whom it talks to; curl does'
	fi
	grep -q '^[0-9a-f][0-9a-f]*  ' "$staging/SHA256SUMS" || fail "what came is no SHA256SUMS: $url" \
		'did a proxy answer, which wants a login?'
	# The smaller archive where it can be unpacked and is there: early releases do not have it.
	if has xz && find_archive xz; then
		unpacker=xz
	elif has gzip && find_archive gz; then
		unpacker=gzip
	else
		fail "that release has nothing for $target" "see $base_url/releases"
	fi
	found=${archive#pprotect-}
	found=${found%"-$target.tar.$packing"}
	is_version "$found" || fail "that release has no version: $url"
	case $version in
	'' | "$found") version=$found ;;
	*) fail "the release of $version is of $found" "see $base_url/releases" ;;
	esac
	fetch "releases/download/v$version/$archive" "$archive"
}

# $1: gz or xz. A line is a checksum, two spaces and a name: pprotect-VERSION-TARGET.tar.gz
find_archive() {
	archive='' packing=$1
	while read -r sum name; do
		case $name in
		"pprotect-"*"-$target.tar.$packing") archive=$name expected=$sum ;;
		esac
	done <"$staging/SHA256SUMS"
	[ -n "$archive" ]
}

# $1: path below the base address; $2: file name.
fetch() {
	url=$base_url/$1
	if has curl; then
		# No redirect leads from https to less.
		case $url in
		https:*) protocols='=https' ;;
		*) protocols='=http,https' ;;
		esac
		# A terminal sees how far it is.
		if [ -t 2 ]; then progress=--progress-bar; else progress=--silent; fi
		curl --fail "$progress" --show-error --location --proto "$protocols" --retry 2 \
			--output "$staging/$2" "$url"
	else
		fetch_with_wget "$2"
	fi || fail "cannot fetch $url" "see which versions there are: $base_url/releases"
}

# $1: file name. wget cannot be told to refuse a redirect, but it says where it was sent. That is read
# from its log, where its own progress is too; so a terminal sees how the file grows.
fetch_with_wget() {
	touch "$staging/$1" "$staging/log" "$staging/$1.growing"
	if [ -t 2 ]; then watch_growth "$1" & fi
	wget -S -O "$staging/$1" "$url" 2>"$staging/log" || {
		rm "$staging/$1.growing"
		sed '/^[[:space:]]*$/d' "$staging/log" | tail -n 1 >&2
		return 1
	}
	rm "$staging/$1.growing"
	[ ! -t 2 ] || show_size "$1" '\n'
	case $url in
	https:*)
		! grep -qi '^ *location: *http:' "$staging/log" ||
			fail "cannot fetch $url: it leads to plain http" 'did a proxy answer, which wants a login?'
		;;
	esac
}

# $1: file name. A file and not a signal ends it: some shells would tell of that.
watch_growth() {
	while [ -e "$staging/$1.growing" ]; do
		show_size "$1"
		sleep 1
	done
}

# $1: file name; $2: what follows. The last response says the whole size: the others are redirects.
show_size() {
	size=$(($(wc -c <"$staging/$1") / 1000))
	whole=$(sed -n 's/^ *[Cc]ontent-[Ll]ength: *\([0-9]*\).*/\1/p' "$staging/log" | tail -n 1)
	whole=$((${whole:-0} / 1000))
	if [ "$whole" -gt 0 ]; then share=$((100 * size / whole))%; else share="$size kB"; fi
	printf "\rfetching %s: %4s${2-}" "$1" "$share" >&2
}

check_archive() {
	actual=$(sha256 "$staging/$archive")
	[ "$actual" = "$expected" ] || fail "the checksum of $archive is wrong" \
		"expected $expected, found $actual: nothing was unpacked; try again"
}

# What GitHub signed when the release's workflow built the archive: from which tag, and which commit.
check_attestation() {
	repository=${base_url#https://github.com/}
	set -- --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" \
		--source-ref "refs/tags/v$version"
	[ -z "$commit" ] || set -- "$@" --source-digest "$commit"
	gh attestation verify "$staging/$archive" "$@" >"$staging/log" 2>&1 || {
		cat "$staging/log" >&2
		fail "nothing attests that $archive was built from ${commit:-the tag v$version}" 'nothing was unpacked'
	}
}

sha256() {
	if has sha256sum; then
		sha256sum <"$1"
	elif has shasum; then
		shasum -a 256 <"$1"
	else
		openssl dgst -sha256 -r <"$1"
	fi | {
		read -r sum _
		echo "$sum"
	}
}

unpack() {
	name=${archive%".tar.$packing"}
	"$unpacker" -dc "$staging/$archive" | (cd "$staging" && tar xf - "$name/pprotect") ||
		fail "cannot unpack $archive" 'is the disk full?'
	mv "$staging/$name/pprotect" "$staging/pprotect"
	touch "$staging/pprotect"
	chmod 755 "$staging/pprotect"
	# A Mac kills a program whose signature is not as it left the linker.
	case $target in
	macos-*)
		if has codesign; then
			codesign --force --sign - "$staging/pprotect" 2>/dev/null || fail 'cannot sign pprotect'
		fi
		;;
	esac
}

try_program() {
	output=$("$staging/pprotect" version 2>&1) && [ "$output" = "pocket_protector version $version" ] && return
	case $target-$output in
	*-musl-*loading\ shared\ library* | *-musl-*relocating*) needs_libraries ;;
	esac
	fail "pprotect does not run here: $output"
}

clean_up() {
	code=$?
	[ -z "$staging" ] || rm -rf "$staging"
	exit "$code"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

say() {
	echo "install.sh: $1" >&2
}

# $1: what is wrong; $2: what to do.
fail() {
	say "error: $1"
	[ $# -lt 2 ] || say "hint: $2"
	exit 1
}

main "$@"
