#!/usr/bin/env bash
# Measures what the sheet for the IT section says of networks: `measure.sh LINUX-PROGRAM WINDOWS-PROGRAM OUT.json`.
#
# Linux: every system call on networks, in all threads, while a bundle is packed with its slip, verified and opened.
# Windows: which libraries the program loads, and which functions it takes from the one for networks.
set -euo pipefail

(($# == 3)) || {
	echo 'usage: measure.sh LINUX-PROGRAM WINDOWS-PROGRAM OUT.json' >&2
	exit 1
}
linux=$(realpath "$1") windows=$(realpath "$2") out=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{home,medium,opened,source}
printf '番号,氏名\r\n1,山田　太郎\r\n' >"$work/source/名簿.csv"
run() { strace -f -qq -e trace=network -o "$work/trace-$1" env -i HOME="$work/home" "$linux" "${@:2}" >/dev/null; }
run pack pack "$work/source" --to "$work/medium" --slip "$work/home/slip.txt" --title 名簿 --items 氏名
bundle=$(echo "$work"/medium/TW-*)
grep -oE '[A-Za-z0-9]{5}(-[A-Za-z0-9]{5}){5}' "$work/home/slip.txt" | head -n1 >"$work/home/passphrase"
run verify verify "$bundle" --passphrase-file "$work/home/passphrase"
run open open "$bundle" --to "$work/opened" --passphrase-file "$work/home/passphrase"
calls=$(cat "$work"/trace-* | grep -cE '[a-z]+\(' || true)
cat "$work"/trace-*
x86_64-w64-mingw32-objdump -p "$windows" >"$work/headers"
python3 - "$work/headers" "$calls" >"$out" <<'PY'
import json, re, sys
libraries, current = {}, None
for line in open(sys.argv[1], errors="replace"):
    if match := re.search(r"DLL Name: (\S+)", line):
        current = libraries.setdefault(match[1], [])
    elif current is not None and (match := re.match(r"\s+[0-9a-f]+\s+(?:<none>\s+[0-9a-f]+\s+|\d+\s+)(\w+)\s*$", line)):
        current.append(match[1])
    elif current is not None and not line.strip():
        current = None
print(json.dumps({"calls": int(sys.argv[2]), "libraries": libraries}, indent=1, sort_keys=True))
PY
cat "$out"
