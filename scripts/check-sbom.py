#!/usr/bin/env python3
"""Validates a bill of materials against the schema of CycloneDX 1.5: check-sbom.py FILE (needs cyclonedx-python-lib[json-validation])."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

with open(sys.argv[1], encoding="utf-8") as bill:
    fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(bill.read())
if fault:
    sys.exit(f"{sys.argv[1]}: {fault}")
print(f"{sys.argv[1]}: valid CycloneDX 1.5")
