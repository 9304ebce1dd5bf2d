#!/usr/bin/env bash
# Runs tewatashi for Windows under wine: the unit tests, the core of the other tests, and hand-overs from end to end.
#
#   wine.sh                 all of it
#   wine.sh unit            the unit tests
#   wine.sh tests [NAME …]  those files of tests/ that run there, or these
#   wine.sh end-to-end      tests/wine/end-to-end.sh
#   wine.sh printing        tests/wine/printing.sh, as root
#
# TEWATASHI_EXE and TEWATASHI name a tewatashi.exe, and a program of this system, that are there already, for end-to-end and
# (the first) printing.
# What is missing is told and fails; what is left out on purpose is `once_more` below. What wine cannot show of a real Windows:
# docs/windows.md.
set -euo pipefail
cd "$(dirname "$0")/.."

wine=/usr/lib/wine/wine64
cross=${CARGO_TARGET_DIR:-$HOME/.cache/tewatashi-target}/cross
triple=x86_64-pc-windows-gnu
# Files of tests/ that need neither a terminal, nor mounted file systems, nor Debian's tools.
core=(pack damage hostile case ledger_life ledger_exchange ledger_tamper)

# What asks the system nothing that the rest does not: every fixture once more in other words, and every byte of a header.
# Minutes under wine.
once_more=(open_says_it_in_japanese verify_refuses_the_same_files_with_the_same_words
	list_refuses_the_same_files_with_the_same_words
	every_byte_of_the_header_is_known_and_none_is_taken_for_a_wrong_passphrase)

fail() {
	printf 'wine: %s\n' "$@" >&2
	exit 1
}
say() { printf '\n── %s\n' "$*"; }

for needed in "$wine" "$(command -v x86_64-w64-mingw32-gcc || echo x86_64-w64-mingw32-gcc)"; do
	[[ -x $needed ]] || fail "$needed is missing: run scripts/cross.sh setup"
done

# ---- A Windows of its own, gone afterwards

work=$(mktemp -d "${TMPDIR:-/tmp}/tewatashi-wine.XXXXXX")
export WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all
# No browser engine, no .NET, no menu: none of them is asked for by name in the program.
export WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe='
unset DISPLAY WAYLAND_DISPLAY

end() {
	# Ends what runs in this prefix, and nothing else.
	WINEPREFIX=$WINEPREFIX wineserver -k 2>/dev/null || /usr/lib/wine/wineserver64 -k 2>/dev/null || true
	rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

# Wine 8 has no bcryptprimitives.dll, which the standard library of Rust takes its random bytes from. This one is for tests
# under wine alone and is shipped to nobody.
shim() {
	cat >"$work/bcryptprimitives.c" <<-'C'
		#include <windows.h>
		BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T length)
		{
			while (length > 0) {
				ULONG part = length > 65536 ? 65536 : (ULONG)length;
				if (!SystemFunction036(to, part))
					return FALSE;
				to += part;
				length -= part;
			}
			return TRUE;
		}
	C
	x86_64-w64-mingw32-gcc -O2 -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
		"$work/bcryptprimitives.c" -ladvapi32
}

prefix() {
	say "making a prefix ($("$wine" --version))"
	wineboot --init >"$work/wineboot.log" 2>&1 || fail 'wineboot failed:' "$(cat "$work/wineboot.log")"
	[[ -d $WINEPREFIX/drive_c/windows/system32 ]] || fail 'wineboot made no system32:' "$(cat "$work/wineboot.log")"
	shim
	# Temporary files on the drive of everything else: a path without a drive then means one thing to all programs.
	mkdir "$work/temp"
	local temp="Z:${work//\//\\}\\temp" name
	for name in TEMP TMP; do
		"$wine" reg add 'HKCU\Environment' /v "$name" /d "$temp" /f >/dev/null || fail "cannot set $name in the prefix"
	done
	"$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null || fail 'cannot make it Windows 10'
}

# ---- What is run

# Several at a time, each with its output and its "PASSED FAILED" in a file. A program of tests starts one program after the
# other: this wine loses track of what it hands on when two threads of one program start others.
names=()
start() { # NAME COMMAND…
	local name=$1
	shift
	names+=("$name")
	while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n || true; done
	"$@" "$work/result.$name" >"$work/log.$name" 2>&1 &
}
finish() {
	local name ok bad passed=0 failed=0
	wait || true
	for name in "${names[@]}"; do
		say "$name"
		cat "$work/log.$name"
		if ! read -r ok bad <"$work/result.$name"; then
			echo "wine: $name came to no result"
			ok=0 bad=1
		fi 2>/dev/null
		passed=$((passed + ok)) failed=$((failed + bad))
	done
	printf '\n%d passed, %d failed\n' "$passed" "$failed"
	((failed == 0))
}

# Builds tests, and the program for those that run it. The library of tests counts as a dependency of everything, so what
# `build` made would be of no use to `test` and the other way round: all is built by `test`.
build() {
	say "cross.sh cargo windows test --no-run $*"
	scripts/cross.sh cargo windows test --profile desk --no-run --features embed-fonts "$@" 2>&1 | tee "$work/build.log"
	sed -n 's/^ *Executable .*(\(.*\.exe\))$/\1/p' "$work/build.log" >"$work/built"
	[[ -s $work/built ]] || fail 'cargo built no test'
}

# Runs a program of tests: what fails is shown, and what it says is counted.
run_tests() { # THREADS PROGRAM RESULT
	local code=0 log=$3.out line ok bad left again=()
	"$wine" "$2" --test-threads="$1" "${once_more[@]/#/--skip=}" >"$log" 2>&1 </dev/null || code=$?
	grep -vE '^test .* \.\.\. ok\r?$' "$log" || true
	# "Internal error" comes now and then of wine itself when a program is started. No other failure is tried again.
	if ((code != 0)) && grep -qE 'code: 1359,|os error 1359' "$log"; then
		mapfile -t again < <(sed -nE 's/^test (.*) \.\.\. FAILED\r?$/\1/p' "$log")
	fi
	line=$(grep -oE '[0-9]+ passed; [0-9]+ failed; [0-9]+ ignored' "$log" | tail -n1) || true
	if [[ -z $line ]]; then
		echo "wine: no result (exit code $code)"
		return
	fi
	read -r ok _ bad _ left _ <<<"$line"
	if ((left > 0)); then echo "wine: $left were left out, which counts as failed"; fi
	if ((bad == 0 && code != 0)); then bad=1; fi
	if ((bad > 0 && bad == ${#again[@]})); then
		echo "wine: this wine failed to start a program; once more: ${again[*]}"
		if "$wine" "$2" --test-threads=1 --exact "${again[@]}" </dev/null; then ok=$((ok + bad)) bad=0; fi
	fi
	echo "$ok $((bad + left))" >"$3"
}

end_to_end() { # RESULT
	WINE=$wine TEWATASHI=$linux TEWATASHI_EXE=$exe RESULT=$1 tests/wine/end-to-end.sh
}

# Slips through a real CUPS. In a prefix of its own: a wine that runs knows the printers it found when it began.
printing() { # RESULT
	cp -a "$work/prefix" "$work/printing"
	WINEPREFIX=$work/printing WINE=$wine TEWATASHI_EXE=$exe RESULT=$1 tests/wine/printing.sh
	WINEPREFIX=$work/printing wineserver -k 2>/dev/null || true
}

what=${1:-all}
shift || true
case $what in
all | unit | tests | end-to-end | printing) ;;
*) fail 'usage: wine.sh [unit | tests [NAME …] | end-to-end | printing]' ;;
esac
if [[ $what == tests && $# -gt 0 ]]; then core=("$@"); fi
flags=()
if [[ $what == all || $what == unit ]]; then flags+=(--lib); fi
if [[ $what == all || $what == tests ]]; then for name in "${core[@]}"; do flags+=(--test "$name"); done; fi
exe=${TEWATASHI_EXE:-$cross/$triple/desk/tewatashi.exe}

if ((${#flags[@]})); then
	build "${flags[@]}"
	expected=$((${#flags[@]} / 2 + ${#flags[@]} % 2))
	[[ $(wc -l <"$work/built") == "$expected" ]] || fail "not every test was built ($expected wanted):" "$(cat "$work/built")"
elif [[ -z ${TEWATASHI_EXE:-} ]]; then
	say 'cross.sh cargo windows build'
	scripts/cross.sh cargo windows build --profile desk --features embed-fonts
fi
linux=${TEWATASHI:-}
if [[ $what == all || $what == end-to-end ]] && [[ -z $linux ]]; then
	say 'cargo build, for the other side'
	cargo build --locked
	linux=${CARGO_TARGET_DIR:-$HOME/.cache/tewatashi-target}/debug/tewatashi
fi
prefix
# Copied while nothing runs in it.
wineserver -w 2>/dev/null || true
if [[ $what == all || $what == printing ]]; then start printing printing; fi
if [[ $what == all || $what == end-to-end ]]; then start end-to-end end_to_end; fi
if ((${#flags[@]})); then
	while read -r program; do
		name=$(basename "$program")
		case $name in
		tewatashi-*) start "$name" run_tests "$(nproc)" "$program" ;;
		*) start "$name" run_tests 1 "$program" ;;
		esac
	done < <(grep hostile "$work/built"; grep -v hostile "$work/built")
fi
finish
