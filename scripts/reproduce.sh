#!/usr/bin/env bash
# Builds the release of this commit twice, in different folders with different target folders, and compares every file
# byte by byte. `reproduce.sh linux` does so with what `release.sh linux` makes. Two builds from nothing take long.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-all}
[[ -z $(git status --porcelain) ]] || {
	echo 'reproduce: there are changes that are in no commit; only a commit can be built again' >&2
	exit 1
}
commit=$(git rev-parse HEAD)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/tewatashi-reproduce.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Paths of different lengths: one that stands in a file changes its size.
for place in one 'a-second-place/below'; do
	mkdir -p "$work/$place"
	git clone -q --no-hardlinks . "$work/$place/source"
	git -C "$work/$place/source" checkout -q "$commit"
	echo "== building in $work/$place"
	(
		cd "$work/$place/source"
		umask 027
		CARGO_TARGET_DIR=$work/$place/target DIST=$work/$place/dist scripts/release.sh "$what"
	)
done
first=$work/one/dist second=$work/a-second-place/below/dist
differ=0
for file in "$first"/*; do
	name=$(basename "$file")
	if cmp "$file" "$second/$name"; then
		echo "same: $name"
	else
		differ=$((differ + 1))
	fi
done
[[ $(ls "$first") == "$(ls "$second")" ]] || {
	echo 'reproduce: the two builds made different files' >&2
	exit 1
}
echo "reproduce: $(find "$first" -type f | wc -l) files, $differ of them differ"
((differ == 0))
