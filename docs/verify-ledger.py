#!/usr/bin/env python3
"""Verifies a ledger of tewatashi without tewatashi: python3 verify-ledger.py ledger.db|ARCHIVE (see ledger.md).

Python 3.9 or newer and ssh-keygen, nothing else. Ends with 1 when something does not hold."""
import base64, hashlib, json, pathlib, sqlite3, subprocess, sys, tarfile, tempfile


def read(path):
    """The origin, the entries (number, text), the checkpoints (size, root, signature)."""
    if tarfile.is_tarfile(path):
        part = lambda name: tarfile.open(path).extractfile(name).read().decode()
        lines = [json.loads(line) for line in part("checkpoints.jsonl").splitlines()]
        checkpoints = [(c["size"], base64.b64decode(c["root"]), c["signature"]) for c in lines]
        origin, size, root = part("checkpoint").splitlines()
        checkpoints.append((int(size), base64.b64decode(root), part("checkpoint.sig")))
        return origin, list(enumerate(part("entries.jsonl").split("\n")[:-1], 1)), checkpoints
    db = sqlite3.connect(pathlib.Path(path).resolve().as_uri() + "?mode=ro", uri=True)
    origin = db.execute("SELECT value FROM meta WHERE name = 'origin'").fetchone()[0]
    entries = db.execute("SELECT number, body FROM entries ORDER BY number").fetchall()
    return origin, entries, db.execute("SELECT size, root, signature FROM checkpoints ORDER BY size").fetchall()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def short_code(size, root):
    alphabet, bits, groups = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", int.from_bytes(root[:10], "big") >> 1, []
    for position in range(1, 5):
        digits = [bits // 31 ** (20 - 4 * position - n) % 31 for n in range(1, 5)]
        check = (position - sum(weight * digit for weight, digit in enumerate(digits, 1))) * 25 % 31
        groups.append("".join(alphabet[digit] for digit in digits + [check]))
    return "-".join([str(size)] + groups)


def signed(key, namespace, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        allowed, sig = pathlib.Path(folder, "allowed"), pathlib.Path(folder, "sig")
        allowed.write_text(f"tewatashi {key}\n"), sig.write_text(signature)
        check = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "tewatashi", "-n", namespace, "-s", sig]
        return subprocess.run(check, input=text.encode(), capture_output=True).returncode == 0


def verify(path):
    origin, entries, checkpoints = read(path)
    wrong, roots, keys, peaks = [], {}, [], []
    for place, (number, text) in enumerate(entries, 1):
        new, size, entry = hashlib.sha256(b"\0" + text.encode()).digest(), place, json.loads(text)
        while size % 2 == 0:
            new, size = node(peaks.pop(), new), size // 2
        peaks.append(new)
        roots[place] = peaks[-1]
        for left in peaks[-2::-1]:
            roots[place] = node(left, roots[place])
        if not place == number == entry["number"]:
            wrong.append(f"entry {number} stands at place {place} and says {entry['number']}")
        if entry["kind"] in ("init", "key_rotate") and entry["result"] == "done":
            at_once = place == 1 or entry["facts"].get("lost")
            if not at_once and not signed(keys[-1][1], "record@tewatashi", f"{origin}\n{entry['facts']['key'].strip()}\n", entry["facts"].get("endorsement") or ""):
                wrong.append(f"the key of entry {number} was not named by the key before it")
            keys.append((place if at_once else place + 1, entry["facts"]["key"]))
    wrong += [f"the root of checkpoint {c[0]} is not that of the entries" for c in checkpoints if roots.get(c[0]) != c[1]]
    size, root, signature = checkpoints[-1]
    key = [line for first, line in keys if first <= size][-1]
    if not signed(key, "checkpoint@tewatashi", f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n", signature):
        wrong.append(f"the signature of checkpoint {size} does not hold")
    print(f"{len(entries)} entries, {len({c[0] for c in checkpoints})} checkpoints, last signed: {size}")
    print(f"key: SHA256:{base64.b64encode(hashlib.sha256(base64.b64decode(key.split()[1])).digest()).decode().rstrip('=')}")
    print(f"code: {short_code(len(entries), roots[len(entries)])}")
    print("\n".join(wrong) or "ok: entries, roots and the last signature agree; only a code from paper shows more")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(verify(sys.argv[1]))
