#!/usr/bin/env bash
# Builds for the other desks: Windows, and any Linux on x86-64.
#
#   cross.sh setup                      install what that needs (Debian, as root)
#   cross.sh cargo windows build …      cargo for x86_64-pc-windows-gnu
#   cross.sh cargo linux build …        cargo for x86_64-unknown-linux-musl, fully static
#
# The standard library is built from source by Debian's own compiler: a toolchain of rustup would have to be fetched from
# outside the registries. What is built lies in $CARGO_TARGET_DIR/cross, apart from what the other compiler made.
set -euo pipefail

packages=(rustc-web cargo-web rust-web-src rust-web-clippy gcc-mingw-w64-x86-64 binutils-mingw-w64-x86-64 musl-tools lld
	libunwind-14-dev wine wine64 fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic
	git python3 dpkg xz-utils file strace poppler-utils zsh fish man-db ghostscript)
target=${CARGO_TARGET_DIR:-$HOME/.cache/tewatashi-target}/cross

fail() {
	printf 'cross: %s\n' "$@" >&2
	exit 1
}

setup() {
	local missing=() package status
	command -v dpkg-query >/dev/null || fail "this is no Debian; please see to it that these are there: ${packages[*]}"
	for package in "${packages[@]}"; do
		status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
		if [[ $status != installed ]]; then missing+=("$package"); fi
	done
	if ((${#missing[@]} == 0)); then return; fi
	local as_root=()
	if ((EUID != 0)); then
		command -v sudo >/dev/null || fail "missing packages, and neither root nor sudo:" "apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	echo "cross: installing with apt-get: ${missing[*]}"
	"${as_root[@]}" apt-get update -q
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# libunwind.a where the linker looks for it, and the one function of glibc that it was compiled to call.
musl_libraries() {
	local folder=$target/musl-libraries
	mkdir -p "$folder"
	if [[ ! -e $folder/libunwind.a ]]; then
		cat >"$folder/stub.c" <<-'C'
			#include <stdarg.h>
			#include <stdio.h>
			int __fprintf_chk(FILE *to, int level, const char *format, ...)
			{
				va_list args;
				(void)level;
				va_start(args, format);
				int written = vfprintf(to, format, args);
				va_end(args);
				return written;
			}
		C
		musl-gcc -O2 -c "$folder/stub.c" -o "$folder/stub.o"
		cp /usr/lib/llvm-14/lib/libunwind.a "$folder/new.a"
		ar q "$folder/new.a" "$folder/stub.o"
		mv "$folder/new.a" "$folder/libunwind.a"
	fi
	echo "$folder"
}

run_cargo() {
	local system=$1 triple flags=()
	shift
	# Debian's compiler, whatever stands before it in PATH, and no wrapper of rustup.
	export PATH=/usr/bin:/bin:/usr/sbin:/sbin RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$target
	# The time of a commit would have all C code made anew for each; none of it holds a time.
	unset RUSTUP_TOOLCHAIN RUSTC RUSTFLAGS CARGO_ENCODED_RUSTFLAGS SOURCE_DATE_EPOCH
	case $system in
	windows)
		triple=x86_64-pc-windows-gnu
		;;
	linux)
		triple=x86_64-unknown-linux-musl
		export CC_x86_64_unknown_linux_musl=musl-gcc CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=musl-gcc
		flags=(-C link-self-contained=no -C relocation-model=static -L "native=$(musl_libraries)")
		;;
	*) fail "no such system: $system (windows or linux)" ;;
	esac
	local command=$1
	shift
	case " $* " in
	*' --release '* | *' --profile release '*) for_release "$system" "$triple" ;;
	esac
	if ((${#flags[@]} > 0)); then
		CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${flags[*]}")
		export CARGO_ENCODED_RUSTFLAGS
	fi
	# cargo looks for commands of its own beside those of rustup first, whatever stands before them in PATH.
	if [[ $command == clippy ]]; then exec /usr/bin/cargo-clippy clippy --locked -Zbuild-std --target "$triple" "$@"; fi
	exec cargo "$command" --locked -Zbuild-std --target "$triple" "$@"
}

# What is released has the same bytes wherever it was built, and does not tell who built it: no path of the computer, no
# time, no symbols. Adds to `flags`. Builds of every day go without: they would be made anew for each target folder.
for_release() {
	local system=$1 triple=$2 home=${CARGO_HOME:-$HOME/.cargo}
	flags+=("--remap-path-prefix=$home=/cargo" "--remap-path-prefix=$target=/target")
	export CARGO_PROFILE_RELEASE_STRIP=symbols CC_SHELL_ESCAPED_FLAGS=1
	local c_flags
	printf -v c_flags '%q %q' "-ffile-prefix-map=$home=/cargo" "-ffile-prefix-map=$target=/target"
	export "CFLAGS_${triple//-/_}=$c_flags"
	if [[ $system == windows ]]; then flags+=(-C link-arg=-Wl,--no-insert-timestamp); fi
}

case ${1:-} in
setup) setup ;;
cargo)
	shift
	run_cargo "$@"
	;;
*) fail 'usage: cross.sh setup | cross.sh cargo windows|linux COMMAND …' ;;
esac
