#!/usr/bin/env bash
# Makes what is released, from this checkout, on Debian:
#
#   release.sh                 everything
#   release.sh linux           the archive for Linux alone, without Windows, package and sheet (it says so)
#   release.sh try EXE         everything with programs that are no release: EXE, and a quickly built one for Linux
#
# DIST (default: $CARGO_TARGET_DIR/dist) is where it goes. Two builds of one commit are the same bytes: docs/release.md.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
	printf 'release: %s\n' "$@" >&2
	exit 1
}
step() { printf '\n== %s\n' "$*"; }

what=${1:-all}
case "$what $#" in
'all 0' | 'linux 1') profile=release ;;
'try 2') profile=desk ;;
*) fail 'usage: release.sh [linux | try EXE]' ;;
esac
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/tewatashi-target} LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1
dist=${DIST:-$CARGO_TARGET_DIR/dist}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n1)
for tool in git python3 dpkg-deb gzip tar strace file x86_64-w64-mingw32-objdump; do
	command -v "$tool" >/dev/null || fail "$tool is missing; scripts/cross.sh setup installs it"
done
commit=$(git rev-parse HEAD)
# The one time that appears in what is made.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
if [[ -n $(git status --porcelain) ]]; then
	[[ ${ALLOW_CHANGES:-} == 1 || $what == try ]] || fail 'there are changes that are in no commit' \
		'commit them, or set ALLOW_CHANGES=1: then what is made says so'
	commit+='+changes'
fi
umask 022
# Where a build stands must not show in what it makes; mktemp's name goes nowhere.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dist"
mkdir -p "$dist"

built=$CARGO_TARGET_DIR/cross
linux=$built/x86_64-unknown-linux-musl/$profile/tewatashi
windows=$built/x86_64-pc-windows-gnu/$profile/tewatashi.exe
if [[ $what == try ]]; then windows=$2 commit+='+try'; fi
# build SYSTEM ARGUMENTS
build() { scripts/cross.sh cargo "$1" build --profile "$profile" --features embed-fonts "${@:2}"; }

# ---- Programs

step 'the program for Linux'
build linux
[[ $(file -b "$linux") == *'statically linked'* ]] || fail "$linux is not statically linked"
if [[ $what == all ]]; then
	step 'the program for Windows'
	build windows
fi

if [[ $what == try ]]; then
	# Without their symbols, as a release is; packing them would take longer than building.
	strip -o "$work/tewatashi" "$linux"
	x86_64-w64-mingw32-strip -o "$work/tewatashi.exe" "$windows"
	linux=$work/tewatashi windows=$work/tewatashi.exe
fi

# ---- What goes with it

stage() { # FOLDER SYSTEM
	mkdir -p "$1/licences"
	cp README.md README.ja.md LICENSE-MIT LICENSE-APACHE "$1"
	cp -R docs "$1"
	python3 packaging/licences.py "$2" "$1/licences"
	find "$1" -type f -exec chmod 644 {} +
}

step 'tar.gz'
name=tewatashi-$version-linux-x86_64
stage "$work/$name" linux
install -m 755 "$linux" "$work/$name/tewatashi"
tar --sort=name --format=ustar --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$work" -cf - "$name" |
	gzip -9n >"$dist/$name.tar.gz"

step 'bill of materials'
python3 packaging/sbom.py "$dist/tewatashi-$version.cdx.json"

if [[ $what != linux ]]; then
	step 'zip'
	name=tewatashi-$version-windows-x86_64
	stage "$work/$name" windows
	install -m 755 "$windows" "$work/$name/tewatashi.exe"
	python3 packaging/zip.py "$work/$name" "$dist/$name.zip"

	step 'deb'
	scripts/deb.sh "$linux" "$windows" "$dist/tewatashi_${version}_amd64.deb"

	step 'the sheet for the IT section'
	build linux --example intro_sheet
	scripts/measure.sh "$linux" "$windows" "$work/measured.json"
	python3 packaging/intro_facts.py "$dist" "$version" "$commit" "$work/measured.json" "$linux" "$windows" >"$work/facts.json"
	"$built/x86_64-unknown-linux-musl/$profile/examples/intro_sheet" "$work/facts.json" "$dist/tewatashi-$version-導入申請資料.pdf"
fi

(cd "$dist" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
step "made from $commit: $dist"
cat "$dist/SHA256SUMS"
if [[ $what == linux ]]; then echo 'NOT MADE: zip, deb, sheet (release.sh linux)'; fi
if [[ $what == try ]]; then echo 'NO RELEASE: its programs were built to be tried'; fi
