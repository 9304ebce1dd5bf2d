#!/usr/bin/env bash
# One hand-over from end to end, with invented data, in a temporary folder that is gone afterwards.
# Run by `make demo`. TEWATASHI names the program.
set -euo pipefail
cd "$(dirname "$0")/.."

tewatashi=${TEWATASHI:-tewatashi}
work=$(mktemp -d "${TMPDIR:-/tmp}/tewatashi-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Nothing of the user's own is read or written: each desk has its own data folder in the temporary one.
city=$work/city medium=$work/medium contractor=$work/contractor
mkdir "$city" "$medium" "$contractor"

bold='' plain=''
if [[ -t 1 ]]; then bold=$'\033[1m' plain=$'\033[0m'; fi
step() { printf '\n%s── %s%s\n   %s\n\n' "$bold" "$1" "$plain" "$2"; }
show() { printf '   $ %s\n' "$*"; }
indent() { sed 's/^/   /'; }
# Runs the program at a desk, as a person in the temporary folder would type it. Progress goes to a log.
at() {
	local desk=$1
	shift
	show "tewatashi $*"
	if ! (cd "$work" && TEWATASHI_HOME=$work/$desk/.tewatashi "$tewatashi" --lang "${DEMO_LANG:-ja}" "$@" 2>"$work/log" | indent); then
		cat "$work/log" >&2
		return 1
	fi
}
# The same where it is meant to fail, with this exit code.
refused() {
	local expected=$1 desk=$2 code=0
	shift 2
	show "tewatashi $*"
	(cd "$work" && TEWATASHI_HOME=$work/$desk/.tewatashi "$tewatashi" --lang "${DEMO_LANG:-ja}" --quiet "$@" 2>&1 | indent) || code=$?
	echo "   → $code"
	[[ $code == "$expected" ]]
}

case $tewatashi in
*/*) tewatashi=$(realpath "$tewatashi") ;;
*) command -v "$tewatashi" >/dev/null || { echo "demo: $tewatashi is missing; run 'make demo'" >&2; exit 1; } ;;
esac

step '1. 発注側（区・市）: 渡すもの。すべて架空のデータです' \
	'The city: what it hands over. All of it is invented.'
cp -r fixtures/sample "$city/発送名簿"
show find city -type f
(cd "$work" && find city -type f -not -path '*/.tewatashi/*' | sort | indent)

step '2. 束を作る。通知書は媒体とは別の場所へ出します' \
	'Pack. The password slip goes somewhere else than the medium.'
at city pack city/発送名簿 --to medium --slip city/通知書.txt --title 発送名簿 --items 氏名,住所
id=$(basename "$medium"/TW-*)
bundle=medium/$id

step '3. 媒体の中身（中の件名・件数・氏名は、外からは分かりません）と通知書' \
	'On the medium (nothing outside tells title, counts or names), and the slip.'
show ls "$bundle"
ls -1 "$medium/$id" | indent
echo
sed 's/^/   | /' "$city/通知書.txt"

step '4. 受託者: 通知書を受け取る前の検証（パスワードなし。署名者はまだ未確認）' \
	'The contractor: verify before the slip has come (no passphrase; the signer is not confirmed yet).'
at contractor verify "$bundle"

step '5. 別の機会に通知書を受け取り、印刷された署名者の鍵で、中身まで検証する' \
	'On another occasion the slip comes, with the signer'\''s key on it: verify the inside too.'
cp "$city/通知書.txt" "$contractor/通知書.txt"
signer=$(grep -o 'SHA256:[A-Za-z0-9+/]*' "$contractor/通知書.txt" | head -n1)
at contractor verify "$bundle" --passphrase-file contractor/通知書.txt --signer "$signer"

step '6. 一覧。何も書き出しません' 'List. Nothing is written.'
at contractor list "$bundle" --passphrase-file contractor/通知書.txt

step '7. 開く。すべてのファイルを照合してから、名前が付きます' \
	'Open. Files get their names only after every one of them was compared.'
at contractor open "$bundle" --to contractor/作業 --passphrase-file contractor/通知書.txt --signer "$signer"

step '8. 渡したものと同じか、diff で比べる' 'Compare with what was handed over.'
show diff -r city/発送名簿 "contractor/作業/$id/発送名簿"
diff -r "$city/発送名簿" "$contractor/作業/$id/発送名簿"
echo '   一致 / identical'

step '紙: 続き番号の付いた文書が、それぞれの records/ にできています' \
	'Paper: documents with running numbers are in the records/ of each desk.'
at city print --list
at contractor print --list

step '9. パスワードの打ち間違いは、どの群かを言います（終了コード 10）' \
	'A mistyped passphrase: the group is named (exit code 10).'
# The last character of the third group is exchanged for another one.
grep -oE '([A-Z][a-z0-9]{4}-){5}[A-Z][a-z0-9]{4}' "$city/通知書.txt" | head -n1 |
	awk -F- -v OFS=- '{ c = substr($3, 5); $3 = substr($3, 1, 4) (c == "a" ? "b" : "a"); print }' >"$contractor/mistyped.txt"
refused 10 contractor open "$bundle" --to contractor/作業2 --passphrase-file contractor/mistyped.txt

step '10. 媒体の1バイトが変わっていたら（終了コード 11）' 'One byte on the medium changed (exit code 11).'
cp -r "$medium" "$work/damaged"
sealed=$work/damaged/$id/bundle.age
byte=$(tail -c +100001 "$sealed" | head -c 1 | od -An -tu1)
printf '%b' "\\x$(printf '%02x' $((byte ^ 1)))" | dd of="$sealed" bs=1 seek=100000 conv=notrunc status=none
refused 11 contractor verify "damaged/$id"

step '11. tewatashi がなくても: sha256sum と ssh-keygen' 'Without tewatashi: sha256sum and ssh-keygen.'
show sha256sum -c checksums.sha256
(cd "$medium/$id" && sha256sum -c checksums.sha256 | indent)
show 'ssh-keygen -Y check-novalidate -n bundle@tewatashi -s bundle.json.sig < bundle.json'
(
	cd "$medium/$id"
	ssh-keygen -Y check-novalidate -n bundle@tewatashi -s bundle.json.sig <bundle.json | indent
)

step '12. tewatashi がなくても: age と tar' 'Without tewatashi: age and tar.'
# age takes a passphrase from a terminal alone. `script` makes one; in real life a person types it.
if command -v age >/dev/null && command -v script >/dev/null; then
	passphrase=$(grep -oE '([A-Z][a-z0-9]{4}-){5}[A-Z][a-z0-9]{4}' "$city/通知書.txt" | head -n1)
	mkdir "$work/stock"
	show age -d -o bundle.tar "$bundle/bundle.age"
	(sleep 1 && printf '%s\n' "$passphrase") |
		script -qec "age -d -o '$work/stock/bundle.tar' '$work/$bundle/bundle.age'" /dev/null >/dev/null
	show 'tar -xf bundle.tar && sha256sum -c manifest-sha256.txt'
	(cd "$work/stock" && tar -xf bundle.tar && cd "$id" && sha256sum -c manifest-sha256.txt | indent)
	diff -r "$city/発送名簿" "$work/stock/$id/data/発送名簿"
	echo '   一致 / identical'
else
	echo '   age がないため省きました / left out: age is not installed'
fi

printf '\n終わりました。一時フォルダーは消しました。 / Done. The temporary folder is gone.\n'
