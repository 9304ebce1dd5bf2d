#!/usr/bin/env bash
# Makes the package of Debian: `deb.sh LINUX-PROGRAM WINDOWS-PROGRAM OUT.deb`, with SOURCE_DATE_EPOCH set.
set -euo pipefail
cd "$(dirname "$0")/.."

(($# == 3)) || {
	echo 'usage: deb.sh LINUX-PROGRAM WINDOWS-PROGRAM OUT.deb' >&2
	exit 1
}
linux=$1 windows=$2 out=$3
: "${SOURCE_DATE_EPOCH:?is not set}"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n1)
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/tewatashi
doc=$root/usr/share/doc/tewatashi
# Whoever gives the package out names himself.
maintainer=${MAINTAINER:-tewatashi contributors <tewatashi@localhost>}
mkdir -p "$root/DEBIAN" "$doc" "$root"/usr/share/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d,lintian/overrides}

install -D -m 755 "$linux" "$root/usr/bin/tewatashi"
# What `pack --with-opener` puts onto media. The same file a second time takes no room: a hard link, which no command takes
# for a link.
mkdir -p "$root/usr/lib/tewatashi/openers"
ln "$root/usr/bin/tewatashi" "$root/usr/lib/tewatashi/openers/tewatashi-linux"
install -m 644 "$windows" "$root/usr/lib/tewatashi/openers/tewatashi.exe"

own() { env -i HOME="$work" TEWATASHI_HOME="$work/home" "$linux" "$@"; }
own --quiet --lang en man "$root/usr/share/man/man1"
own --quiet --lang ja man "$root/usr/share/man/ja/man1"
find "$root/usr/share/man" -name '*.1' -exec gzip -9n {} +
own --lang ja completions bash >"$root/usr/share/bash-completion/completions/tewatashi"
own --lang ja completions zsh >"$root/usr/share/zsh/vendor-completions/_tewatashi"
own --lang ja completions fish >"$root/usr/share/fish/vendor_completions.d/tewatashi.fish"

cp README.md README.ja.md "$doc"
cp -R docs "$doc/docs"
python3 packaging/licences.py linux "$doc/licences"
# What the program for Windows has and this one has not.
python3 packaging/licences.py windows "$doc/licences-windows"
rm -r "$doc"/licences-windows/FONT-*
find "$doc" -type f \( -name '*.txt' -o -name '*.md' \) -size +4k -exec gzip -9n {} +

{
	printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
	printf 'Upstream-Name: tewatashi\n\nFiles: *\nCopyright: tewatashi contributors\nLicense: Expat or Apache-2.0\n'
	printf 'Comment: The programs hold the packages listed in licences/ and licences-windows/, with their licences, and\n'
	printf ' the fonts BIZ UDMincho and BIZ UDGothic (SIL Open Font License 1.1, text in licences/).\n\nLicense: Expat\n'
	sed -e 's/^$/./' -e 's/^/ /' LICENSE-MIT
	printf '\nLicense: Apache-2.0\n On Debian systems, the text is in /usr/share/common-licenses/Apache-2.0.\n'
} >"$doc/copyright"
{
	printf 'tewatashi (%s) unstable; urgency=medium\n\n  * Release %s.\n\n' "$version" "$version"
	printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
cat >"$root/usr/share/lintian/overrides/tewatashi" <<-'OVERRIDES'
	# One file that runs on every distribution, from media as well.
	tewatashi: statically-linked-binary [usr/bin/tewatashi]
	tewatashi: statically-linked-binary [usr/lib/tewatashi/openers/tewatashi-linux]
	# What pack --with-opener puts beside a bundle, for recipients with Windows.
	tewatashi: portable-executable-missing-security-features * [usr/lib/tewatashi/openers/tewatashi.exe]
	tewatashi: executable-in-usr-lib [usr/lib/tewatashi/openers/tewatashi-linux]
	tewatashi: package-contains-hardlink *
	# The C library is inside.
	tewatashi: missing-dependency-on-libc *
	# Taken for them by their tables: both are crates in Rust.
	tewatashi: embedded-library *freetype* *
	tewatashi: embedded-library *libyaml* *
	# Unless MAINTAINER named somebody.
	tewatashi: bogus-mail-host *
	tewatashi: bogus-mail-host-in-debian-changelog *
OVERRIDES

find "$root" -type d -exec chmod 755 {} +
find "$root" -type f ! -perm /111 -exec chmod 644 {} +
cat >"$root/DEBIAN/control" <<-CONTROL
	Package: tewatashi
	Version: $version
	Architecture: amd64
	Maintainer: $maintainer
	Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f1)
	Depends: fonts-morisawa-bizud-mincho, fonts-morisawa-bizud-gothic
	Recommends: fonts-ipamj-mincho
	Section: utils
	Priority: optional
	Description: hand over personal information on media, and end its life
	 Seals files into an encrypted, signed bundle on a medium, writes the passphrase
	 on a slip that travels on another occasion, verifies and opens bundles, erases
	 what is no longer to be kept, and keeps the ledger and the papers of all this.
	 For municipal offices in Japan and their contractors; in Japanese and English.
CONTROL
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root"/DEBIAN/*
# The archive inside takes the times of files, and none later than the commit.
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$out"
