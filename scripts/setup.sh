#!/usr/bin/env bash
# Installs what is missing, and nothing else. `setup.sh demo`: what the demonstration needs. `setup.sh all`: the tests too.
# `setup.sh bench`: the file systems and the tools that erasing is measured beside.
# When nothing is missing it changes nothing and needs no network.
set -euo pipefail

what=${1:-all}
venv=${VENV:-$HOME/.cache/tewatashi-venv}

demo_packages=(build-essential age openssh-client tar coreutils diffutils util-linux
	fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic fonts-ipamj-mincho)
test_packages=(e2fsprogs xfsprogs btrfs-progs exfat-fuse exfatprogs ntfs-3g squashfs-tools fusefat dosfstools fuse3
	gcc-mingw-w64-x86-64 groff-base
	python3 python3-venv libreoffice-calc poppler-utils zbar-tools cups-daemon cups-client faketime)
bench_packages=(e2fsprogs xfsprogs btrfs-progs exfat-fuse exfatprogs ntfs-3g coreutils wipe secure-delete)

say() { printf 'setup: %s\n' "$*"; }
fail() {
	printf 'setup: %s\n' "$@" >&2
	exit 1
}

# ---- Rust is not ours to install.

least=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
if ! command -v cargo >/dev/null; then
	fail "cargo is missing (Rust $least or newer)." \
		"Install Rust with rustup (https://rustup.rs), or from a distribution whose cargo is $least or newer, and run this again."
fi
have=$(cargo --version | cut -d' ' -f2)
if [[ $(printf '%s\n%s\n' "$least" "$have" | sort -V | head -n1) != "$least" ]]; then
	fail "cargo $have is too old: Rust $least or newer is needed." \
		"Update it (rustup update stable), or put a newer one first in PATH."
fi

# ---- Packages of the distribution

packages=("${demo_packages[@]}")
if [[ $what == all ]]; then packages+=("${test_packages[@]}"); fi
if [[ $what == bench ]]; then packages+=("${bench_packages[@]}"); fi
if command -v dpkg-query >/dev/null; then
	missing=()
	for package in "${packages[@]}"; do
		status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
		if [[ $status != installed ]]; then missing+=("$package"); fi
	done
	if ((${#missing[@]})); then
		as_root=()
		if ((EUID != 0)); then
			command -v sudo >/dev/null || fail "missing packages, and neither root nor sudo:" "apt-get install ${missing[*]}"
			as_root=(sudo)
		fi
		say "installing with apt-get: ${missing[*]}"
		"${as_root[@]}" apt-get update -q
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
	fi
else
	say "this is no Debian; please see to it that these are there: ${packages[*]}"
fi
if [[ $what != all ]]; then exit 0; fi

# ---- Tools that cargo builds

tool() { # name and version, the command that shows it is there
	local crate=$1
	shift
	if ! "$@" >/dev/null 2>&1; then
		say "installing with cargo: $crate"
		cargo install --locked "$crate"
	fi
}
tool rage@0.12.1 rage --version
tool cargo-deny@0.20.2 cargo deny --version
tool cargo-nextest@0.9.143 cargo nextest --version

# ---- Python tools

if ! "$venv/bin/python" -c 'import bagit, pyrage' 2>/dev/null; then
	say "making a Python environment: $venv"
	python3 -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check bagit==1.9.0 pyrage==1.4.0
fi
