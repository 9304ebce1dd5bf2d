#!/usr/bin/env python3
"""Packs a folder into a zip whose bytes depend on nothing but the files: `zip.py FOLDER OUT.zip`, with SOURCE_DATE_EPOCH."""

import os
import pathlib
import sys
import time
import zipfile


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(sys.argv[2], "x", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder.parent)), when)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                out.writestr(entry, path.read_bytes())


main()
