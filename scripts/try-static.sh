#!/usr/bin/env bash
# Proves that the program for Linux needs nothing but itself: runs it in a folder that holds no other file of a system, and
# looks at what comes out from outside. Needs root, for chroot.
#
#   try-static.sh BIN
set -euo pipefail

fail() {
	printf 'try-static: %s\n' "$@" >&2
	exit 1
}

(($# == 1)) || fail 'usage: try-static.sh BIN'
bin=$1
((EUID == 0)) || fail 'chroot is for root: run this as root'
for tool in file ldd chroot pdffonts pdftotext diff; do
	command -v "$tool" >/dev/null || fail "$tool is missing (Debian: file, poppler-utils)"
done

# ---- Outside: no interpreter, no library.

kind=$(file -b "$bin")
echo "file: $kind"
[[ $kind == *'ELF 64-bit'*'x86-64'*'statically linked'* ]] || fail "$bin is not statically linked"
libraries=$(ldd "$bin" 2>&1 || true)
[[ $libraries == *'not a dynamic executable'* || $libraries == *'statically linked'* ]] || fail "ldd: $libraries"

# ---- Inside: the program, a source, two folders. No /etc, /usr, /proc, /dev, and no variable of a user.

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/tmp" "$root/home" "$root/medium" "$root/source/名簿" "$root/opened"
install -m 755 "$bin" "$root/tewatashi"
printf '番号,氏名\r\n1,山田　太郎\r\n' >"$root/source/名簿/発送名簿.csv"
head -c 300000 /dev/urandom >"$root/source/写真.bin"
chroot=$(command -v chroot)
run() { env -i HOME=/home "$chroot" "$root" /tewatashi "$@"; }

echo '== pack'
run pack /source --to /medium --slip /home/slip.pdf --title 発送名簿 --items 氏名
bundle=$(basename "$root"/medium/TW-*)
slip=$root/home/slip.pdf
[[ -s $slip ]] || fail 'no slip came out'

echo '== the slip, from outside'
fonts=$(pdffonts "$slip")
echo "$fonts"
# Columns from the right: object ID (two), Unicode, subset, embedded.
tail -n +3 <<<"$fonts" | awk '$(NF-4) != "yes" { exit 1 }' || fail 'a font of the slip is not embedded'
grep -q 'BIZUDMincho' <<<"$fonts" && grep -q 'BIZUDGothic' <<<"$fonts" || fail 'the slip is not set in the BIZ UD fonts'
# It is set with room between the letters, a few groups to the line; nothing else there is plain ASCII.
passphrase=$(pdftotext -layout "$slip" - | sed -n '/パスワード及び読み/,/桁数/p' | LC_ALL=C grep -E '^[A-Za-z0-9 -]+$' | tr -d ' \n')
[[ $passphrase =~ ^[A-Za-z0-9]{5}(-[A-Za-z0-9]{5}){5}$ ]] || fail 'the slip does not show the passphrase'
echo "the slip shows a passphrase of ${#passphrase} characters"
printf '%s\n' "$passphrase" >"$root/home/passphrase"

echo '== verify, list, open'
run verify "/medium/$bundle"
run verify "/medium/$bundle" --passphrase-file /home/passphrase
run list "/medium/$bundle" --passphrase-file /home/passphrase | grep -q '発送名簿.csv' || fail 'the list lacks a file'
run open "/medium/$bundle" --to /opened --passphrase-file /home/passphrase
diff -r "$root/source" "$(find "$root/opened" -type d -name source)" || fail 'what was opened differs'

echo '== a wrong passphrase is told, not guessed at'
printf 'aaaaa-aaaaa-aaaaa-aaaaa-aaaaa-aaaaa\n' >"$root/home/wrong"
code=0
run verify "/medium/$bundle" --passphrase-file /home/wrong || code=$?
((code == 10)) || fail "exit code $code instead of 10"
# Attack: a bundle that changed in its last byte.
volume=$(find "$root/medium/$bundle" -name 'bundle*.age*' | head -n1)
printf 'x' | dd of="$volume" bs=1 seek=$(($(stat -c %s "$volume") - 1)) conv=notrunc status=none
code=0
run verify "/medium/$bundle" || code=$?
((code == 11)) || fail "exit code $code instead of 11"
echo 'try-static: all well'
