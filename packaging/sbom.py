#!/usr/bin/env python3
"""Writes the bill of materials (CycloneDX 1.5, JSON): `sbom.py OUT.json`. Run in the checkout, with SOURCE_DATE_EPOCH set.

Every crate for both systems with version, licence, purl and the checksum of Cargo.lock; and what no lock file knows: the
standard library, the C libraries linked in, SQLite, and the fonts, as Debian has them on this computer.
"""

import datetime
import hashlib
import json
import os
import subprocess
import sys
import uuid

import dependencies

FONTS = (
    ("BIZ UDMincho", "fonts-morisawa-bizud-mincho", "/usr/share/fonts/truetype/bizud-mincho/BIZUDMincho-Regular.ttf"),
    ("BIZ UDGothic", "fonts-morisawa-bizud-gothic", "/usr/share/fonts/truetype/bizud-gothic/BIZUDGothic-Regular.ttf"),
    ("BIZ UDGothic Bold", "fonts-morisawa-bizud-gothic", "/usr/share/fonts/truetype/bizud-gothic/BIZUDGothic-Bold.ttf"),
)
# What Debian's packages put into the programs: name, package, licence, the systems it is in.
LINKED = (
    ("Rust standard library", "rust-web-src", "MIT OR Apache-2.0", "windows linux"),
    ("musl libc", "musl-dev", "MIT", "linux"),
    ("LLVM libunwind", "libunwind-14-dev", "Apache-2.0 WITH LLVM-exception", "linux"),
    ("mingw-w64 runtime", "mingw-w64-x86-64-dev", "ZPL-2.1 AND MIT AND LicenseRef-Public-Domain", "windows"),
    ("GCC runtime libraries", "gcc-mingw-w64-x86-64-win32", "GPL-3.0-or-later WITH GCC-exception-3.1", "windows"),
)


def debian_version(package):
    command = ["dpkg-query", "-W", "-f=${Version}", package]
    version = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if not version:
        sys.exit(f"sbom: the Debian package {package} is not installed")
    return version


def properties(systems, linked):
    return [
        {"name": "tewatashi:systems", "value": " ".join(sorted(systems))},
        {"name": "tewatashi:linked", "value": " ".join(sorted(linked)) or "no: used while building"},
    ]


def crate(key, facts):
    name, version = key
    purl = f"pkg:cargo/{name}@{version}"
    component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "scope": "required" if facts["linked"] else "excluded",
        "licenses": [{"expression": dependencies.licence(facts["package"])}],
        "purl": purl,
        "properties": properties(facts["systems"], facts["linked"]),
    }
    if facts["checksum"]:
        component["hashes"] = [{"alg": "SHA-256", "content": facts["checksum"]}]
    if facts["package"].get("repository"):
        component["externalReferences"] = [{"type": "vcs", "url": facts["package"]["repository"]}]
    return component


def from_debian():
    for name, package, licence, systems in LINKED:
        version, systems = debian_version(package), systems.split()
        purl = f"pkg:deb/debian/{package}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "scope": "required",
            "licenses": [{"expression": licence}],
            "purl": purl,
            "properties": properties(systems, systems),
        }
    for name, package, path in FONTS:
        with open(path, "rb") as font:
            digest = hashlib.sha256(font.read()).hexdigest()
        version = debian_version(package)
        yield {
            "type": "data",
            "bom-ref": f"font:{name}",
            "name": name,
            "version": version,
            "scope": "required",
            "hashes": [{"alg": "SHA-256", "content": digest}],
            "licenses": [{"expression": "OFL-1.1"}],
            "purl": f"pkg:deb/debian/{package}@{version}",
            "properties": properties(("windows", "linux"), ("windows", "linux")),
        }


def sqlite(found):
    """Its source lies inside a crate and is no crate itself."""
    (key,) = [key for key in found if key[0] == "libsqlite3-sys"]
    manifest = found[key]["package"]["manifest_path"]
    header = os.path.join(os.path.dirname(manifest), "sqlite3/sqlite3.h")
    with open(header, encoding="utf-8") as text:
        version = next(line.split('"')[1] for line in text if line.startswith("#define SQLITE_VERSION "))
    return key, {
        "type": "library",
        "bom-ref": "sqlite",
        "name": "SQLite",
        "version": version,
        "scope": "required",
        "licenses": [{"expression": "blessing"}],
        "purl": f"pkg:generic/sqlite@{version}",
        "properties": properties(("windows", "linux"), ("windows", "linux")),
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    found, root = dependencies.everything()
    own = (root["name"], root["version"])
    unlicensed = [key for key, facts in found.items() if not dependencies.licence(facts["package"])]
    if unlicensed:
        sys.exit(f"sbom: no licence is named by {unlicensed}")
    crates = [crate(key, found[key]) for key in sorted(found) if key != own]
    others = list(from_debian())
    holder, engine = sqlite(found)
    purl = lambda key: f"pkg:cargo/{key[0]}@{key[1]}"
    edges = [{"ref": purl(key), "dependsOn": sorted(purl(d) for d in found[key]["below"])} for key in sorted(found)]
    for edge in edges:
        if edge["ref"] == purl(own):
            edge["dependsOn"] += sorted(other["bom-ref"] for other in others)
        if edge["ref"] == purl(holder):
            edge["dependsOn"].append("sqlite")
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": purl(own),
                "name": own[0],
                "version": own[1],
                "licenses": [{"expression": dependencies.licence(root)}],
                "purl": purl(own),
            },
        },
        "components": crates + others + [engine],
        "dependencies": edges,
    }
    # The same bill has the same number.
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True))}"
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump(bom, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.write("\n")
    print(f"sbom: {len(bom['components'])} components")


main()
