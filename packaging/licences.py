#!/usr/bin/env python3
"""Gathers the licences of what is linked into a program: `licences.py windows|linux FOLDER`. Run in the checkout.

Each text is written once, with the packages it came with. A package that brings no text is named with its licence.
"""

import os
import pathlib
import re
import sys

import dependencies

NAMES = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
DEBIAN = {
    "windows": ("rust-web-src", "mingw-w64-x86-64-dev", "gcc-mingw-w64-x86-64-win32"),
    "linux": ("rust-web-src", "musl", "libunwind-14-dev"),
}
FONTS = ("fonts-morisawa-bizud-mincho", "fonts-morisawa-bizud-gothic")


def texts_of(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    named = [folder / package["license_file"]] if package.get("license_file") else []
    found = {p.resolve() for p in folder.iterdir() if NAMES.match(p.name) and p.is_file()} | {p.resolve() for p in named}
    return [p.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() for p in sorted(found)]


def copyright_of(package):
    path = pathlib.Path("/usr/share/doc", package, "copyright")
    if not path.is_file():
        sys.exit(f"licences: {path} is not there; is the package installed?")
    return path.read_text(encoding="utf-8", errors="replace")


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in dependencies.TARGETS:
        sys.exit(__doc__)
    system, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    found, root = dependencies.everything()
    linked = {key: facts for key, facts in found.items() if system in facts["linked"] and key[0] != root["name"]}
    by_text, lines = {}, []
    for (name, version), facts in sorted(linked.items()):
        texts = texts_of(facts["package"])
        mark = "" if texts else " (the package brings no text)"
        lines.append(f"{name} {version}: {dependencies.licence(facts['package'])}{mark}")
        for text in texts:
            by_text.setdefault(text, []).append(f"{name} {version}")
    os.makedirs(folder, exist_ok=True)
    with open(folder / "THIRD-PARTY.txt", "w", encoding="utf-8") as out:
        out.write(f"Packages linked into tewatashi for {system}, and their licences\n\n" + "\n".join(lines) + "\n")
        for text, packages in sorted(by_text.items(), key=lambda pair: pair[1]):
            out.write("\n" + "=" * 100 + "\n" + ", ".join(packages) + "\n" + "-" * 100 + "\n" + text + "\n")
    for package in DEBIAN[system] + FONTS:
        kind = "FONT" if package in FONTS else "SYSTEM"
        (folder / f"{kind}-{package}.txt").write_text(copyright_of(package), encoding="utf-8")
    print(f"licences: {len(linked)} packages, {len(by_text)} texts")


main()
