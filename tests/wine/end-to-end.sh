#!/usr/bin/env bash
# Hand-overs between tewatashi.exe under wine and tewatashi on Linux, with Japanese names throughout, and stock tools as judges.
# Run by scripts/wine.sh, which makes the prefix. WINE runs TEWATASHI_EXE, TEWATASHI is the program of this system, and RESULT
# is a file that takes "PASSED FAILED".
set -uo pipefail
cd "$(dirname "$0")/../.."
repository=$PWD

: "${WINE:?}" "${TEWATASHI:?}" "${TEWATASHI_EXE:?}" "${RESULT:?}"
for tool in age script ssh-keygen sha256sum tar pdftotext pdftoppm pdffonts zbarimg python3 diff; do
	command -v "$tool" >/dev/null || { echo "end-to-end: $tool is missing: run scripts/setup.sh all"; exit 1; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/tewatashi 渡し.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1

passed=0 failed=0
ok() { passed=$((passed + 1)) && echo "  ok      $1"; }
bad() {
	failed=$((failed + 1)) && echo "  FAILED  $1"
	if [[ -s $work/err ]]; then sed 's/^/          | /' "$work/err" | tail -n 12; fi
}
# A step that succeeds.
holds() {
	local what=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$what"; else
		bad "$what"
		sed 's/^/          | /' "$work/log" | tail -n 5
	fi
}
part() { printf '\n── %s\n' "$1"; }

as_windows() { printf 'Z:%s' "${1//\//\\}"; }
# win DESK ARGUMENTS: tewatashi.exe at a desk of its own. What it prints goes to `out` and `err`, its exit code to `code`.
win() {
	local desk=$1
	shift
	code=0
	TEWATASHI_HOME=$(as_windows "$work/$desk/data") timeout 300 "$WINE" "$TEWATASHI_EXE" "$@" </dev/null >"$work/out" 2>"$work/err" || code=$?
}
# The same with the program of this system.
lin() {
	local desk=$1
	shift
	code=0
	TEWATASHI_HOME=$work/$desk/data timeout 300 "$TEWATASHI" "$@" </dev/null >"$work/out" 2>"$work/err" || code=$?
}
# came CODE WHAT: the run before this ended so.
came() { if [[ $code == "$1" ]]; then ok "$2"; else bad "$2 (exit code $code instead of $1)"; fi; }
# A value of the JSON that was printed: field bundle, field error.kind
field() {
	python3 - "$work/out" "$1" <<-'P'
		import json, sys
		value = json.load(open(sys.argv[1], encoding="utf-8"))
		for key in sys.argv[2].split("."):
		    value = value[int(key)] if isinstance(value, list) else value.get(key)
		print(value)
	P
}
is() { # FIELD VALUE WHAT
	local found
	found=$(field "$1" 2>&1)
	if [[ $found == "$2" ]]; then ok "$3"; else bad "$3 ($1 is $found)"; fi
}
says() { if grep -qF -- "$2" "$1"; then ok "$3"; else bad "$3 (not said: $2)"; fi; }
# The text of a page without any space: titles are set wide.
text_of() { pdftotext "$1" - 2>&1 | python3 -c 'import sys; print("".join(sys.stdin.read().split()))'; }
page_says() { # PAGE TEXT WHAT
	if text_of "$1" | grep -qF -- "$2"; then ok "$3"; else bad "$3 (not on the page: $2)"; fi
}
same() { holds "$3" diff -r "$1" "$2"; }
passphrase_of() { # a text, or a page as a camera sees it
	case $1 in
	*.pdf) pdftoppm -r 150 -png "$1" page && zbarimg --raw -q page*.png ;;
	*) cat "$1" ;;
	esac | grep -oE '([A-Z][a-z0-9]{4}-){5}[A-Z][a-z0-9]{4}' | head -n1
}
record_of() { # CASE TITLE: the page of that title
	local page
	for page in "$1"/records/*.pdf; do
		if text_of "$page" | grep -qF -- "$2"; then echo "$page" && return; fi
	done
	echo "/no page $2"
}

contract=(--city 見本市 --contractor 見本印刷 --contract-number 第8-123号 --contract-title 通知書作成業務
	--from 2026-04-01 --to 2027-03-31 --items 氏名,住所)

# ---- Windows packs

part 'tewatashi.exe: a case, a bundle, its paper'
mkdir 発注側 受託側 媒体 作業
cp -r "$repository/fixtures/sample" 発注側/発送名簿
printf '氏名,住所\r\n髙﨑𠮷子,見本市\r\n' >'発注側/発送名簿/名簿 髙﨑𠮷 (写).csv'
mkdir '発注側/発送名簿/空の フォルダー'
win 発注側 --json --lang ja init 案件 --side 区 "${contract[@]}"
came 0 'init makes a case'
win 発注側 --json --lang ja --case 案件 staff add 見本一郎 --role 監督員 --section 税務課 --trained 2026-04-02
came 0 'staff add'
win 発注側 --json --lang ja --case 案件 --operator 見本一郎 pack 発注側/発送名簿 --to 媒体 --slip 発注側/通知書.pdf \
	--title 発送名簿 --items 氏名,住所
came 0 'pack onto a folder, the slip as PDF'
cp out pack.json
id=$(field id)
bundle=媒体/$id
signer=$(field signer)
holds 'its words are UTF-8' iconv -f UTF-8 -t UTF-8 err
says err 'D-0001' 'it says which documents it issued'
if grep -aq $'\r' out; then bad 'JSON without carriage returns'; else ok 'JSON without carriage returns'; fi
page_says 発注側/通知書.pdf 'パスワード通知書' 'the slip can be read by pdftotext'
page_says "$(record_of 案件 受渡し確認記録票)" '見本市' 'so can the transfer record, with the city on it'
if pdffonts 発注側/通知書.pdf | tail -n +3 | awk '$(NF-4) != "yes" { bad = 1 } END { exit bad || NR == 0 }'; then
	ok 'the fonts are in the page'
else bad 'the fonts are in the page'; fi
passphrase_of 発注側/通知書.pdf >受託側/合言葉.txt
holds 'the passphrase stands on the slip' test -s 受託側/合言葉.txt
holds 'the header says scrypt with 18' grep -aqE '^-> scrypt [A-Za-z0-9+/]+ 18$' "$bundle/bundle.age"

part 'stock tools on that bundle'
(cd "$bundle" && sha256sum --quiet -c checksums.sha256) >log 2>&1 && ok 'sha256sum -c' || bad 'sha256sum -c'
ssh-keygen -Y check-novalidate -n bundle@tewatashi -s "$bundle/bundle.json.sig" <"$bundle/bundle.json" >log 2>&1 &&
	ok 'ssh-keygen -Y check-novalidate' || bad 'ssh-keygen -Y check-novalidate'
mkdir stock
(sleep 2 && cat 受託側/合言葉.txt) | timeout 60 script -qec "age -d -o stock/bundle.tar '$bundle/bundle.age'" /dev/null >log 2>&1
holds 'age -d' test -s stock/bundle.tar
holds 'tar -xf' tar -xf stock/bundle.tar -C stock
(cd "stock/$id" && sha256sum --quiet -c manifest-sha256.txt) >log 2>&1 && ok 'every file of the manifest' || bad 'every file of the manifest'
same 発注側/発送名簿 "stock/$id/data/発送名簿" 'the files are those that were packed'

part 'tewatashi.exe and tewatashi open it'
win 受託側 --json --lang ja verify "$bundle"
came 0 'the .exe verifies the outside'
win 受託側 --json --lang ja init 受託案件 --side 受託者 "${contract[@]}"
came 0 'the contractor makes a case'
win 受託側 --json --lang ja --case 受託案件 open "$bundle" --to 作業/窓 --passphrase-file 受託側/合言葉.txt --signer "$signer"
came 0 'the .exe opens it'
opened=作業/窓/$id
same 発注側/発送名簿 "$opened/発送名簿" 'the same files'
page_says "$(record_of 受託案件 開封確認書)" '見本市' 'the opening is on paper'
lin 此方 --json --lang ja verify "$bundle" --passphrase-file 受託側/合言葉.txt --signer "$signer"
came 0 'Linux verifies all of it'
lin 此方 --json --lang ja open "$bundle" --to 作業/此方 --passphrase-file 受託側/合言葉.txt --signer "$signer" --no-documents
came 0 'Linux opens it'
same 発注側/発送名簿 "作業/此方/$id/発送名簿" 'the same files'
same "$opened" "作業/此方/$id" 'both opened the same'

part 'a console: what is asked, and what an input method types'
# console INPUT WORD ARGUMENTS: tewatashi.exe at a console of its own; typed at once it shows the word, and what it shows goes
# to `log`.
console() {
	local typed=$1 word=$2
	shift 2
	: >log
	(
		for _ in $(seq 300); do
			if grep -qaF -- "$word" log; then break; fi
			sleep 0.2
		done
		sleep 1
		cat "$typed"
		sleep 5
	) | LC_ALL=C.UTF-8 TEWATASHI_HOME=$(as_windows "$work/受託側/data") timeout 120 \
		script -qefc "$(printf '%q ' "$WINE" "$TEWATASHI_EXE" "$@")" /dev/null >log 2>&1
	code=$?
}
# Full-width letters, as they come while an input method is on.
python3 - 受託側/合言葉.txt 全角.txt <<-'P'
	import sys
	text = open(sys.argv[1], encoding="utf-8").read().strip()
	wide = "".join(chr(ord(c) + 0xFEE0) for c in text)
	open(sys.argv[2], "w", encoding="utf-8").write(wide + "\r")
P
console 全角.txt 表示されません --lang ja open "$bundle" --to 作業/全角 --no-documents
came 0 'a passphrase in full-width letters opens it'
says log 'パスワード（表示されません' 'the question is in letters that can be read'
if grep -qaF -e "$(cat 受託側/合言葉.txt)" -e "$(tr -d '\r' <全角.txt)" log; then bad 'the passphrase is not shown'; else ok 'the passphrase is not shown'; fi
same 発注側/発送名簿 "$(echo 作業/全角/TW-*)/発送名簿" 'the files are those that were packed'
printf '\r' >改行.txt
console 改行.txt 画面から消えます --lang ja pack 全角.txt --to 作業 --slip screen --title 画面 --items 氏名 --items-reduced yes --properties ignore --no-documents
came 0 'a slip on the screen, until Enter'
says log 'パスワード通知書' 'its words can be read'

part 'what is wrong is told with the same exit codes'
sed 's/^./Z/; s/.$/a/' 受託側/合言葉.txt >受託側/違う.txt
win 受託側 --json --lang ja open "$bundle" --to 作業/違 --passphrase-file 受託側/違う.txt --no-documents
came 10 'a mistyped passphrase'
cp -r 媒体 傷
printf 'x' | dd of="傷/$id/bundle.age" bs=1 seek=9000 conv=notrunc status=none
win 受託側 --json --lang ja open "傷/$id" --to 作業/傷 --passphrase-file 受託側/合言葉.txt --no-documents
came 11 'a byte changed on the medium'
holds 'nothing was left by either' test ! -e 作業/違/"$id" -a ! -e 作業/傷/"$id"
win 受託側 --json --lang ja verify --nonsense
came 2 'a mistaken command'
win 受託側 --json --lang ja verify ない
came 1 'a path that is not there'
win 受託側 --json --lang ja open "$bundle" --to 作業/窓 --passphrase-file 受託側/合言葉.txt --signer "$signer" --no-documents
came 4 'nothing is opened over what is there'

# ---- Linux packs

part 'the reverse: tewatashi packs, tewatashi.exe opens'
lin 此方 --json --lang ja pack 発注側/発送名簿 --to 媒体 --slip 此方/通知書.txt --split 64K --no-documents
came 0 'Linux packs in volumes'
back=$(field bundle)
passphrase_of 此方/通知書.txt >受託側/合言葉2.txt
win 受託側 --json --lang ja open "$(realpath --relative-to . "$back")" --to 作業/逆 --passphrase-file 受託側/合言葉2.txt --no-documents
came 0 'the .exe opens it'
same 発注側/発送名簿 "作業/逆/$(basename "$back")/発送名簿" 'the same files'

# ---- Names

part 'long paths, and names that Windows has no room for'
long=$(printf 'とても長い名前のフォルダー%.0s' 1 2 3 4 5 6)
deep=長/$long/$long/$long/$long
mkdir -p "$deep"
echo 底 >"$deep/底.txt"
holds 'a path beyond 260 characters' test "$(printf '%s' "$work/$deep/底.txt" | wc -m)" -gt 300
lin 此方 --json --lang ja pack 長 --to 媒体 --slip 長い通知書.txt --no-documents
came 0 'Linux packs it'
passphrase_of 長い通知書.txt >合言葉3.txt
far=$(basename "$(field bundle)")
win 受託側 --json --lang ja open "媒体/$far" --to 作業/長 --passphrase-file 合言葉3.txt --no-documents
came 0 'the .exe opens it'
same 長 "作業/長/$far/長" 'the same files'
win 受託側 --json --lang ja pack "作業/長/$far/長" --to 媒体 --slip 長い通知書2.txt --no-documents
came 0 'the .exe packs what it opened'
passphrase_of 長い通知書2.txt >合言葉4.txt
far=$(basename "$(field bundle | tr '\\' /)")
lin 此方 --json --lang ja open "媒体/$far" --to 作業/長2 --passphrase-file 合言葉4.txt --no-documents
came 0 'Linux opens that'
same 長 "作業/長2/$far/長" 'the same files'
for name in CON aux.txt '末尾の点.' '末尾の空白 ' 'a:b' 'COM1.csv'; do
	rm -rf 名 && mkdir 名 && echo x >"名/$name"
	lin 此方 --json --lang ja pack 名 --to 媒体 --slip 無い.txt --no-documents
	if [[ $code != 0 && ! -e 無い.txt ]]; then ok "“$name” is not packed"; else bad "“$name” is not packed"; fi
done
rm -rf 名 && mkdir 名 && echo 1 >名/List.csv && echo 2 >名/list.CSV
lin 此方 --json --lang ja pack 名 --to 媒体 --slip 無い.txt --no-documents
if [[ $code != 0 && ! -e 無い.txt ]]; then ok 'names that differ in case alone are not packed'; else bad 'names that differ in case alone are not packed'; fi
# What somebody forged who packs such names all the same.
forged=0
for file in "$repository"/fixtures/hostile/*.age; do
	case $(basename "$file") in *reserved* | *case* | *trailing* | *drive* | *backslash* | *colon* | *stream*) ;; *) continue ;; esac
	case $(basename "$file") in *showcase*) continue ;; esac
	forged=$((forged + 1))
	cp "$file" 作った.age
	win 受託側 --json --lang ja open 作った.age --to 作業/作った --identity "$(as_windows "$repository/fixtures/keys/opener.txt")" --no-documents
	came 11 "the .exe refuses $(basename "$file")"
	is error.code 11 '… and says so'
done
holds 'there were such files' test "$forged" -gt 2

# ---- Erasing

part 'erasing under wine, where nobody can say where a file lies'
win 受託側 --json --lang ja --case 受託案件 erase "$opened" --approval 8-45 --approved-by 見本一郎 \
	--witness 見本花子 --location 本社 --reason 契約終了 --yes
came 3 'what was overwritten is not called erased'
# A file without a byte has nothing to prove.
proved() {
	python3 - "$work/out" <<-'P'
		import json, sys
		told = json.load(open(sys.argv[1], encoding="utf-8"))
		data = [item for item in told["items"] if item["size"]]
		called = [item["path"] for item in data if item["result"] != "not_verified" or "blocks_unknown" not in item["reasons"]]
		sys.exit(0 if data and not called and told["result"] != "erased" else f"{len(data)} files; otherwise told: {called}")
	P
}
holds 'every file with data is told as one that nothing could be proved of' proved
holds 'the files are gone' test ! -e "$opened"
page=$(record_of 受託案件 電子データ消去結果報告書)
page_says "$page" '電子データ消去結果報告書' 'the paper is a report'
if [[ -e $(record_of 受託案件 電子データ消去証明書) ]]; then
	bad 'no certificate of erasure was issued'
else ok 'no certificate of erasure was issued'; fi
cp -r 受託案件 移した受託案件
lin 此方 --json --lang ja case trust 移した受託案件
came 0 'Linux takes the case over'
lin 此方 --json --lang ja --case 移した受託案件 certificate verify "移した受託案件/records/$(basename "$page")"
came 0 'Linux verifies the report that Windows issued'
win 受託側 --json --lang ja --case 受託案件 certificate verify "$page"
came 0 'the .exe verifies it against its ledger'

part 'documents and ledgers across'
win 発注側 --json --lang ja --case 案件 ledger verify --full
came 0 'the .exe verifies its ledger'
cp -r 案件 移した案件
lin 此方 --json --lang ja case trust 移した案件
came 0 'Linux takes the case over'
lin 此方 --json --lang ja --case 移した案件 ledger verify --full
came 0 'Linux verifies the ledger'
is findings '[]' 'with no findings'
lin 此方 --json --lang ja --case 移した案件 certificate verify "$(record_of 移した案件 受渡し確認記録票)"
came 0 'Linux verifies a page that Windows issued'
lin 此方 --json --lang ja --case 移した案件 case hold --reason 確認
came 0 'Linux writes into it'
win 別席 --json --lang ja case trust 移した案件
came 0 'another desk with Windows takes it over'
win 別席 --json --lang ja --case 移した案件 ledger verify --full
came 0 'and verifies what Linux wrote'
win 別席 --json --lang ja --case 移した案件 ledger export 管理簿.pdf
came 0 'the register as PDF'
page_says 管理簿.pdf '個人情報管理簿' 'it can be read'
win 別席 --json --lang ja --case 移した案件 ledger export 管理簿.csv
came 0 'the register as CSV'
win 別席 --json --lang ja --case 移した案件 case backup 控え.tar
came 0 'a copy of the case'
lin 此方2 --json --lang ja case restore 控え.tar --to 戻した --reason 点検
came 0 'Linux brings it back'

printf '\nend to end: %d passed, %d failed\n' "$passed" "$failed"
echo "$passed $failed" >"$RESULT"
((failed == 0))
