"""What the program is built of, from `cargo metadata` and Cargo.lock: for the bill of materials and for the licences."""

import json
import subprocess
import tomllib

TARGETS = {"windows": "x86_64-pc-windows-gnu", "linux": "x86_64-unknown-linux-musl"}
FEATURES = "embed-fonts"


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--features", FEATURES, "--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def reached(data):
    """The packages the program is built of, each with what it depends on, and those that end up in the program."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    packages = {package["id"]: package for package in data["packages"]}

    def below(identity, kinds):
        return [d["pkg"] for d in nodes[identity]["deps"] if any(k["kind"] in kinds for k in d["dep_kinds"])]

    def walk(kinds, through_macros):
        seen, left = set(), [data["resolve"]["root"]]
        while left:
            identity = left.pop()
            if identity in seen:
                continue
            macro = any("proc-macro" in target["kind"] for target in packages[identity]["targets"])
            if macro and not through_macros:
                continue
            seen.add(identity)
            left.extend(below(identity, kinds))
        return seen

    built, linked = walk((None, "build"), True), walk((None,), False)
    edges = {identity: [d for d in below(identity, (None, "build")) if d in built] for identity in built}
    return packages, edges, linked


def everything():
    """For both systems: `{(name, version): facts}` and the root's own facts."""
    with open("Cargo.lock", "rb") as lock:
        locked = {(p["name"], p["version"]): p for p in tomllib.load(lock)["package"]}
    found, root = {}, None
    for system, target in TARGETS.items():
        data = metadata(target)
        packages, edges, linked = reached(data)
        key = lambda identity: (packages[identity]["name"], packages[identity]["version"])
        for identity, below in edges.items():
            package = packages[identity]
            if identity == data["resolve"]["root"]:
                root = package
            facts = found.setdefault(
                key(identity),
                {"package": package, "checksum": locked[key(identity)].get("checksum"), "systems": [], "linked": [], "below": set()},
            )
            facts["systems"].append(system)
            if identity in linked:
                facts["linked"].append(system)
            facts["below"] |= {key(d) for d in below}
    return found, root


def licence(package):
    """As SPDX wants it: older packages separate their choices with a stroke."""
    return (package.get("license") or "").replace("/", " OR ")
