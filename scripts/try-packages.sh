#!/usr/bin/env bash
# Takes what release.sh made as an office does: checks the sums, unpacks, installs, runs, removes. Needs root.
#
#   try-packages.sh DIST
set -euo pipefail

fail() {
	printf 'try-packages: %s\n' "$@" >&2
	exit 1
}
step() { printf '\n== %s\n' "$*"; }

(($# == 1)) || fail 'usage: try-packages.sh DIST'
dist=$(realpath "$1")
((EUID == 0)) || fail 'installing is for root: run this as root'
for tool in dpkg dpkg-deb python3 tar unshare mount chroot bash zsh fish man pdftotext x86_64-w64-mingw32-objdump; do
	command -v "$tool" >/dev/null || fail "$tool is missing: run scripts/cross.sh setup"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
one() { # PATTERN: the one file of that name
	local found=("$dist"/$1)
	[[ ${#found[@]} == 1 && -f ${found[0]} ]] || fail "not one file in $dist: $1"
	echo "${found[0]}"
}
zip=$(one '*.zip') archive=$(one '*.tar.gz') deb=$(one '*.deb') sheet=$(one '*.pdf')

step 'the sums'
(cd "$dist" && sha256sum --check --strict SHA256SUMS)
[[ $(wc -l <"$dist/SHA256SUMS") == $(find "$dist" -type f ! -name SHA256SUMS | wc -l) ]] || fail 'a file has no sum'

step 'the archives'
# Python's own reader: names in UTF-8, and every checksum.
python3 - "$zip" "$work/zip" <<-'PY'
	import sys, zipfile
	with zipfile.ZipFile(sys.argv[1]) as archive:
	    assert archive.testzip() is None
	    archive.extractall(sys.argv[2])
PY
mkdir "$work/tar"
tar -xzf "$archive" -C "$work/tar"
exe=$(echo "$work"/zip/*/tewatashi.exe) linux=$(echo "$work"/tar/*/tewatashi)
for folder in "$(dirname "$exe")" "$(dirname "$linux")"; do
	for name in README.md README.ja.md docs/windows.md licences; do
		[[ -s $folder/$name ]] || fail "$folder lacks $name"
	done
	grep -rqs 'SIL OPEN FONT LICENSE' "$folder/licences" || fail "$folder lacks the licence of the fonts"
done
"$linux" --version

step 'the program for Windows loads libraries of the system alone'
# What every Windows 10 has. A library of the compiler among them would be missing at every desk.
system='advapi32 api-ms-win-core-synch-l1-2-0 api-ms-win-crt-* bcrypt bcryptprimitives gdi32 kernel32 msvcrt ntdll rstrtmgr shell32 user32
	userenv winspool.drv ws2_32'
while read -r library; do
	known=
	for name in $system; do
		# shellcheck disable=SC2053 # a pattern
		if [[ ${library,,} == $name || ${library,,} == $name.dll ]]; then known=yes; fi
	done
	[[ -n $known ]] || fail "$library is no library of the system"
	echo "  $library"
done < <(x86_64-w64-mingw32-objdump -p "$exe" | sed -n 's/.*DLL Name: //p' | tr -d '\r')
python3 - "$exe" <<-'PY'
	import sys
	content = open(sys.argv[1], "rb").read()
	for what, text in [("version", "ProductVersion"), ("name", "tewatashi.exe")]:
	    assert text.encode("utf-16-le") in content, what
	for what in [b"<activeCodePage", b"longPathAware", b'level="asInvoker"']:
	    assert what in content, what
	print("  version resource and manifest are in it")
PY

step 'the package, on a copy of this system that is thrown away'
mkdir "$work/over"
# A tmpfs above everything: nothing of it reaches the system.
unshare --mount --propagation private bash -euo pipefail -s -- "$work" "$deb" <<'INSIDE'
work=$1 deb=$2
mount -t tmpfs none "$work/over"
mkdir "$work"/over/{upper,work,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" "$work/over/root"
root=$work/over/root
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp "$deb" "$root/tewatashi.deb"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 chroot "$root" "$@"; }
inside dpkg --install /tewatashi.deb
inside tewatashi --version
echo '-- pack --with-opener finds what the package brought'
mkdir -p "$root/try/medium"
printf '番号,氏名\r\n' >"$root/try/名簿.csv"
inside sh -c 'cd /try && tewatashi pack 名簿.csv --to medium --slip slip.txt --title 名簿 --items 氏名 --with-opener' >/dev/null
for name in tewatashi.exe tewatashi-linux; do
	[[ -n $(find "$root/try/medium" -name "$name") ]] || { echo "not on the medium: $name"; exit 1; }
done
echo '-- shells load the completions'
inside bash -ec '. /usr/share/bash-completion/completions/tewatashi; complete -p tewatashi'
inside zsh -fec 'autoload -Uz compinit; compinit -D -d /tmp/zcompdump; autoload -Uz +X _tewatashi
	[[ ${_comps[tewatashi]} == _tewatashi ]] && whence -v _tewatashi'
inside fish -c 'contains /usr/share/fish/vendor_completions.d $fish_complete_path'
offered=$(inside fish -c 'source /usr/share/fish/vendor_completions.d/tewatashi.fish; complete --do-complete "tewatashi ledger ver"')
echo "fish: $offered"
[[ $offered == verify* ]]
echo '-- manual pages in both languages'
inside sh -c 'MANPAGER=cat man -l /usr/share/man/man1/tewatashi-pack.1.gz | head -n 3'
inside sh -c 'MANPAGER=cat man -l /usr/share/man/ja/man1/tewatashi-pack.1.gz | grep -q パスワード'
inside dpkg --verify tewatashi
inside dpkg --remove tewatashi
left=$(inside sh -c 'ls -d /usr/bin/tewatashi /usr/lib/tewatashi /usr/share/doc/tewatashi 2>/dev/null || true')
[[ -z $left ]] || { echo "left after removing: $left"; exit 1; }
INSIDE
[[ -z $(find "$work/over" -mindepth 1) ]] || fail 'the copy reached the system'

step 'the sheet'
[[ $(pdftotext "$sheet" - | tr -d ' \n') == *導入申請資料* ]] || fail 'the sheet does not say what it is'
echo 'try-packages: all well'
