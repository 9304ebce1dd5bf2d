#!/usr/bin/env bash
# Slips that tewatashi.exe prints under wine, whose spooler hands them to a real CUPS: what comes out is looked at by a camera
# and measured. Run by scripts/wine.sh, which makes the prefix. WINE runs TEWATASHI_EXE, and RESULT is a file that takes
# "PASSED FAILED". Needs root, as cupsd does.
set -uo pipefail

: "${WINE:?}" "${TEWATASHI_EXE:?}" "${RESULT:?}" "${WINEPREFIX:?}"
for tool in cupsd lpadmin lpstat gs pdftoppm zbarimg python3; do
	command -v "$tool" >/dev/null || { echo "printing: $tool is missing: run scripts/setup.sh all and scripts/cross.sh setup"; exit 1; }
done
((EUID == 0)) || { echo 'printing: cupsd needs root'; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/tewatashi-printing.XXXXXX")
daemon=
end() {
	if [[ -n $daemon ]]; then kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null; fi
	rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1

passed=0 failed=0
ok() { passed=$((passed + 1)) && echo "  ok      $1"; }
bad() {
	failed=$((failed + 1)) && echo "  FAILED  $1"
	if [[ -s $work/err ]]; then sed 's/^/          | /' "$work/err" | tail -n 12; fi
}
holds() {
	local what=$1
	shift
	if "$@" >"$work/log" 2>&1; then ok "$what"; else
		bad "$what"
		sed 's/^/          | /' "$work/log" | tail -n 5
	fi
}
part() { printf '\n── %s\n' "$1"; }
came() { if [[ $code == "$1" ]]; then ok "$2"; else bad "$2 (exit code $code instead of $1)"; fi; }
says() { if grep -qF -- "$2" err; then ok "$1"; else bad "$1 (not said: $2)"; fi; }
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

# ---- A print system of its own: its printers are folders

mkdir -p cups/{root,spool,cache,state,log,out,bin/backend}
ln -s /usr/lib/cups/daemon cups/bin/daemon
cat >cups/bin/backend/folder <<-E
	#!/bin/sh
	[ \$# = 0 ] && exit 0
	echo "\$3 copies=\$4" >>"$work/cups/out/calls"
	if [ \$# -ge 6 ]; then cat "\$6"; else cat; fi >"$work/cups/out/tmp" && mv "$work/cups/out/tmp" "$work/cups/out/\$1.ps"
E
chmod 700 cups/bin/backend/folder
cat >cups/cupsd.conf <<-E
	Listen $work/cups/sock
	Browsing Off
	WebInterface No
	LogLevel info
	<Location />
	  Order allow,deny
	</Location>
	<Policy default>
	  <Limit All>
	    Order deny,allow
	  </Limit>
	</Policy>
E
for place in 'ServerRoot root' 'ServerBin bin' 'RequestRoot spool' 'CacheDir cache' 'StateDir state' 'AccessLog log/access' \
	'ErrorLog log/error' 'PageLog log/page'; do
	echo "${place% *} $work/cups/${place#* }"
done >cups/files.conf
# Its sheets are A5 unless somebody asks for another, with unlike margins all around, and it has 600 dots to the inch.
cat >sample.ppd <<-'E'
	*PPD-Adobe: "4.3"
	*FormatVersion: "4.3"
	*FileVersion: "1.0"
	*LanguageVersion: English
	*LanguageEncoding: ISOLatin1
	*PCFileName: "SAMPLE.PPD"
	*Manufacturer: "Sample"
	*Product: "(Sample)"
	*ModelName: "Sample"
	*ShortNickName: "Sample"
	*NickName: "Sample"
	*PSVersion: "(3010.000) 0"
	*LanguageLevel: "3"
	*ColorDevice: False
	*DefaultColorSpace: Gray
	*FileSystem: False
	*TTRasterizer: Type42
	*cupsFilter: "application/postscript 0 -"
	*OpenUI *PageSize/Page: PickOne
	*OrderDependency: 10 AnySetup *PageSize
	*DefaultPageSize: A5
	*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
	*PageSize A5/A5: "<</PageSize[420 595]>>setpagedevice"
	*CloseUI: *PageSize
	*OpenUI *PageRegion: PickOne
	*OrderDependency: 10 AnySetup *PageRegion
	*DefaultPageRegion: A5
	*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
	*PageRegion A5/A5: "<</PageSize[420 595]>>setpagedevice"
	*CloseUI: *PageRegion
	*DefaultImageableArea: A5
	*ImageableArea A4/A4: "14 17 577 829"
	*ImageableArea A5/A5: "14 17 402 582"
	*DefaultPaperDimension: A5
	*PaperDimension A4/A4: "595 842"
	*PaperDimension A5/A5: "420 595"
	*OpenUI *Resolution: PickOne
	*OrderDependency: 10 AnySetup *Resolution
	*DefaultResolution: 600dpi
	*Resolution 600dpi/600: "<</HWResolution[600 600]>>setpagedevice"
	*CloseUI: *Resolution
	*DefaultFont: Courier
	*Font Courier: Standard "(002.004S)" Standard ROM
E
# The same with A5 alone.
grep -v 'A4/A4' sample.ppd >small.ppd

cupsd -f -c "$work/cups/cupsd.conf" -s "$work/cups/files.conf" >cupsd.log 2>&1 &
daemon=$!
# Wine reads names of printers in the character set of its locale.
export CUPS_SERVER=$work/cups/sock LC_ALL=C.UTF-8
for ((tries = 0; tries < 300; tries++)); do
	if lpstat -r 2>/dev/null | grep -q 'is running'; then break; fi
	sleep 0.1
done
lpstat -r >log 2>&1 && grep -q 'is running' log || { echo 'printing: cupsd does not answer' && cat cupsd.log && exit 1; }
add() { lpadmin -p "$1" -E -v folder:/out "${@:2}" 2>>lpadmin.log || { cat lpadmin.log && exit 1; }; }
printers='HKLM\System\CurrentControlSet\Control\Print\Printers'
# Wine now and then cannot start a program whose server is just ending.
registry() {
	local tries
	for tries in 1 2 3; do
		if "$WINE" reg "$@" /f >>reg.log 2>&1; then return; fi
		sleep "$tries"
	done
	cat reg.log
	exit 1
}
# What the spooler of wine has of a printer: spooler PRINTER VALUE TYPE DATA
spooler() { registry add "$printers\\$1" /v "$2" /t "$3" /d "$4"; }
# A printer that is not of CUPS, at a port of this computer.
copied() {
	registry copy "$printers\\P" "$printers\\$1" /s
	spooler "$1" Name REG_SZ "$1"
	spooler "$1" Port REG_SZ USB001
}

# The page that came out of the last job, as an office holds it: page DPI
page() {
	rm -f sheet*
	for ((tries = 0; tries < 300; tries++)); do
		if [[ -z $(lpstat -o) && -e cups/out/$jobs.ps ]]; then break; fi
		sleep 0.1
	done
	gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pgmraw "-r$1" -sOutputFile=sheet-%d.pgm "cups/out/$jobs.ps" >gs.log 2>&1
	if [[ -e sheet-1.pgm && ! -e sheet-2.pgm ]]; then mv sheet-1.pgm sheet.pgm; else return 1; fi
}
# Whether two pictures of 300 dots to the inch have the same size, and ink up to the same lines on all sides, to a fifth of a
# millimetre. What lies in the outer 10 mm, as the mark to punch holes at, is more than a printer can print.
measured() {
	python3 - "$@" <<-'P'
		import sys
		def box(name):
		    data = open(name, "rb").read()
		    parts, at = [], 0
		    while len(parts) < 4:
		        end = at
		        while data[end : end + 1] not in (b" ", b"\n"):
		            end += 1
		        if data[at:at + 1] == b"#":
		            at = data.index(b"\n", at) + 1
		            continue
		        parts.append(data[at:end])
		        at = end + 1
		    width, height = int(parts[1]), int(parts[2])
		    rows = [data[at + y * width : at + (y + 1) * width] for y in range(height)]
		    edge = 118
		    inside = {y: rows[y][edge:-edge] for y in range(edge, height - edge)}
		    inked = [y for y, row in inside.items() if min(row) < 128]
		    left = min(next(x for x, dot in enumerate(inside[y]) if dot < 128) for y in inked)
		    right = max(max(x for x, dot in enumerate(inside[y]) if dot < 128) for y in inked)
		    return width, height, left, right, inked[0], inked[-1]
		one, two = box(sys.argv[1]), box(sys.argv[2])
		print(one, two)
		sys.exit(any(abs(a - b) > 2 for a, b in zip(one, two)))
	P
}

code=0 jobs=0
win() {
	code=0
	TEWATASHI_HOME=Z:${work//\//\\}\\data timeout 300 "$WINE" "$TEWATASHI_EXE" "$@" </dev/null >"$work/out" 2>"$work/err" || code=$?
}
pack() { # SLIP
	win --json --lang ja --case 案件 pack 名簿.csv --to 媒体 --slip "$1" --title 発送名簿 --items 氏名,住所
}
mkdir 媒体 作業
printf '氏名,住所\r\n髙﨑𠮷子,見本市\r\n' >名簿.csv
win --json --lang ja init 案件 --side 区 --city 見本市 --contractor 見本印刷 --contract-number 第8-123号 \
	--contract-title 通知書作成業務 --from 2026-04-01 --to 2027-03-31 --items 氏名,住所
came 0 'init makes a case'

# Refused before anything is sealed: KIND EXIT-CODE SLIP WORDS
refused() {
	local before
	before=$(ls -A 媒体)
	pack "$3"
	came "$2" "--slip $3 is refused"
	is error.kind "$1" "… as $1"
	says '… and told in words' "$4"
	if [[ $(ls -A 媒体) == "$before" && ! -e cups/out/$((jobs + 1)).ps ]]; then
		ok '… with nothing sealed or printed'
	else bad '… with nothing sealed or printed'; fi
}
# Printed, and what is on the paper opens the bundle: SLIP PRINTER
printed() {
	jobs=$((jobs + 1))
	pack "$1"
	came 0 "--slip $1 prints"
	is documents.0.kind password_slip '… the slip'
	is documents.0.path None '… into no file'
	case $(field documents.0.job) in "$2"-[1-9]*) ok '… as a job of that printer' ;; *) bad '… as a job of that printer' ;; esac
	bundle=$(field bundle | tr '\\' /)
	number=$(field documents.0.number)
	says '… and it says where Windows keeps a copy' 'spool\PRINTERS\'
	holds '… on one sheet' page 300
	if [[ $(tail -n1 cups/out/calls) == "$number copies=1" ]]; then ok '… once, under its number alone'; else
		bad "… once, under its number alone ($(tail -n1 cups/out/calls))"
	fi
	zbarimg --raw -q sheet.pgm 2>/dev/null | grep -oE '^([A-Z][a-z0-9]{4}-){5}[A-Z][a-z0-9]{4}$' >passphrase
	holds '… with a code that a camera reads' test -s passphrase
	win --json --lang ja open "媒体/$(basename "$bundle")" --to "作業/$jobs" --passphrase-file passphrase --no-documents
	came 0 '… which opens the bundle'
	holds '… with what was packed' cmp 名簿.csv "作業/$jobs/$(basename "$bundle")/名簿.csv"
	rm passphrase
}

part 'no printer'
refused no_default_printer 1 printer '通常使うプリンター'
refused no_printer 1 printer:P 'プリンターとスキャナー'

part 'a printer as wine has it'
add P
lpadmin -d P
printed printer:P P
pack 通知書.pdf
came 0 'another slip, into a file'
holds '… and measured' pdftoppm -r 300 -gray -singlefile 通知書.pdf asked
holds 'what was printed has its size and lies where it should' measured sheet.pgm asked.pgm
if [[ -n ${KEEP_SHEET:-} ]]; then cp sheet.pgm "$KEEP_SHEET"; fi
printed printer P

part 'a printer with a Japanese name, margins, 600 dots to the inch, and A5 unless it is asked'
add 複合機 -P sample.ppd
printed printer:複合機 複合機
holds 'what was printed has its size and lies where it should' measured sheet.pgm asked.pgm
add 小型機 -P small.ppd
refused printer_rejects 1 printer:小型機 'A4'

part 'printers that do not print, or not on paper'
# Wine tells no state of a printer but this one; the others have their unit tests.
copied Broken
spooler Broken Attributes REG_DWORD 1024
refused printer_stopped 1 printer:Broken 'オフライン'
# One that no driver is loaded for.
spooler Broken Attributes REG_DWORD 0
refused printer_rejects 1 printer:Broken '印刷を受け付けていません'
for port in FILE: PORTPROMPT: nul: 'C:\slip.prn' '\\server\share\slip.prn'; do
	copied Away
	spooler Away Port REG_SZ "$port"
	refused printer_writes_file 4 printer:Away "$port"
done
copied Away
spooler Away 'Printer Driver' REG_SZ 'Microsoft Print To PDF'
refused printer_writes_file 4 printer:Away 'Microsoft Print To PDF'
for name in printer: printer:,XcvMonitor 'printer:P,Job 1'; do refused no_printer 1 "$name" 'プリンターがありません'; done

part 'a printer that keeps what it printed'
spooler P Attributes REG_DWORD 256
pack printer:P
came 0 'it prints'
says '… and is told as one that keeps it' '印刷後ドキュメントを残す'

part 'what is left behind'
# A page of dots has no text to look for: every file that begins as a page does, apart from the records.
remains() { ! grep -rlaE --exclude-dir=cups --exclude-dir=records '^%!PS|^%PDF' . "$WINEPREFIX/drive_c/windows/temp" "$WINEPREFIX/drive_c/users" |
	grep -vE '\.ppd$|/通知書\.pdf$'; }
holds 'no page of a slip in any file of ours' remains
win --json --lang ja --case 案件 ledger verify --full
came 0 'the ledger is whole'

printf '\nprinting: %d passed, %d failed\n' "$passed" "$failed"
echo "$passed $failed" >"$RESULT"
((failed == 0))
