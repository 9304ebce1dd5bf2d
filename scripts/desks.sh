#!/usr/bin/env bash
# Tries the programs for the other desks, each target built once: clippy for Windows, its tests and hand-overs under wine,
# the static program in an empty chroot, and the packages with both in them. Needs root.
#
# Where its packages cannot be installed it says so and leaves all of this out; with CI=true that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== desks: %s\n' "$*"; }
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$HOME/.cache/tewatashi-target}
cross=$CARGO_TARGET_DIR/cross

step 'what it needs'
if ! scripts/cross.sh setup; then
	if [[ ${CI:-} == true ]]; then
		echo 'desks: its packages cannot be installed' >&2
		exit 1
	fi
	echo 'SKIPPED: clippy for Windows, the tests under wine, the static program, the packages (see above for what is missing)'
	exit 0
fi

step 'clippy for Windows'
scripts/cross.sh cargo windows clippy --profile desk --features embed-fonts -- -D warnings

step 'Windows, under wine'
scripts/wine.sh

step 'packages'
DIST=$cross/dist scripts/release.sh try "$cross/x86_64-pc-windows-gnu/desk/tewatashi.exe"
scripts/try-packages.sh "$cross/dist"

step 'Linux, in an empty chroot'
scripts/try-static.sh "$cross/x86_64-unknown-linux-musl/desk/tewatashi"
