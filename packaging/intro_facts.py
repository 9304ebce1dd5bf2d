#!/usr/bin/env python3
"""Gathers what the sheet for the IT section says: intro_facts.py DIST VERSION COMMIT MEASURED.json LINUX WINDOWS.

Prints the JSON that examples/intro_sheet.rs reads. Says no more than was measured.
"""

import datetime
import hashlib
import json
import os
import pathlib
import sys

# Libraries by which a program of Windows reaches a network.
NETWORK = {"ws2_32.dll", "wininet.dll", "winhttp.dll", "urlmon.dll", "wsock32.dll", "dnsapi.dll", "iphlpapi.dll"}
# What only a program that talks over a network takes from them.
TALKING = {"connect", "WSAConnect", "bind", "listen", "accept", "send", "sendto", "WSASend", "recv", "recvfrom", "getaddrinfo"}
WHAT = {".zip": "Windows 版", ".gz": "Linux 版", ".deb": "Debian 版", ".json": "部品表"}


def facts_of(what, path, name=None):
    path = pathlib.Path(path)
    content = path.read_bytes()
    return {"what": what, "name": name or path.name, "size": f"{len(content):,}", "sha256": hashlib.sha256(content).hexdigest()}


def network(measured):
    libraries = {name.lower(): functions for name, functions in measured["libraries"].items()}
    found = sorted(NETWORK & libraries.keys())
    if not found:
        windows = "Windows 版：実行ファイルが読み込むライブラリの一覧（インポート表）に、通信のもの（ws2_32 など）はない。"
    else:
        functions = sorted(f for name in found for f in libraries[name])
        talking = sorted(TALKING & set(functions))
        windows = f"Windows 版：インポート表に通信のライブラリ {'、'.join(found)} がある（使用言語の標準ライブラリが組み込む）。"
        windows += f"取り込む関数は {'、'.join(functions)}。" if len(functions) <= 12 else f"取り込む関数は {len(functions)} 個。"
        windows += "接続・送受信の関数を含むため、インポート表だけでは示せない。" if talking else "接続・送受信の関数は含まない。"
    calls = measured["calls"]
    linux = "Linux 版：束の作成（通知書を含む）・検証・開封の実行中のシステムコールを記録（strace）し、"
    linux += "通信のものは 0 回。" if calls == 0 else f"通信に用いるものは {calls} 回。"
    printing = "印刷を指定した場合は、OS の印刷機能に渡す（印刷先の設定により、OS が通信することがある）。"
    return [windows, linux, printing]


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    dist, version, commit, measured, linux, windows = sys.argv[1:]
    measured = json.loads(pathlib.Path(measured).read_text())
    when = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone(datetime.timedelta(hours=9)))
    released = [facts_of(WHAT[path.suffix], path) for path in sorted(pathlib.Path(dist).iterdir()) if path.suffix in WHAT]
    programs = [facts_of("実行ファイル", windows, "tewatashi.exe"), facts_of("実行ファイル", linux, "tewatashi（Linux）")]
    print(
        json.dumps(
            {
                "version": version,
                "commit": commit,
                "author": "tewatashi contributors",
                "issued": when.isoformat(),
                "sbom": f"tewatashi-{version}.cdx.json",
                "tested": "Windows 版の試験は互換環境（Wine）で行い、実機の Windows では未実施（docs/release.md）。",
                "files": released + programs,
                "network": network(measured),
                "dlls": sorted(measured["libraries"], key=str.lower),
            },
            ensure_ascii=False,
            indent=1,
        )
    )


main()
