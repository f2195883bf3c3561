"""The bill of materials of an installation as CycloneDX 1.6, from the lock files alone: the same files, the same bytes.

scripts/write_sbom.py [FILE]     default: standard output
"""

import base64
import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ \\]+)", re.IGNORECASE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def python_components(lock: str) -> Iterator[dict[str, Any]]:
    """Every distribution of a lock with the hashes of the files that it may be installed from."""
    for part in re.split(r"\n(?=\S)", lock):
        found = NAMED.match(part)
        if not found:
            continue
        name, version = found[1].lower(), found[2]
        yield {
            "type": "library", "bom-ref": f"pkg:pypi/{name}@{version}", "name": name, "version": version,
            "purl": f"pkg:pypi/{name}@{version}", "hashes": [_hash("SHA-256", one) for one in HASH.findall(part)],
            **_licence(name),
        }  # fmt: skip


def browser_components(lock: str) -> Iterator[dict[str, Any]]:
    """What is bundled into the pages: the packages of the lock that are not for building alone."""
    for path, package in sorted(json.loads(lock)["packages"].items()):
        if not path or package.get("dev") or package.get("optional"):
            continue
        name, version = path.rpartition("node_modules/")[2], package["version"]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        kind, _, digest = package.get("integrity", "").partition("-")
        yield {
            "type": "library", "bom-ref": f"{purl}#{path}", "name": name, "version": version, "purl": purl,
            "hashes": [_hash("SHA-512", _hex(digest))] if kind == "sha512" else [],
            "licenses": [{"expression": package["license"]}] if package.get("license") else [],
        }  # fmt: skip


def document() -> dict[str, Any]:
    """The whole bill; its serial number follows from its content."""
    python = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    browser = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    components = [*python_components(python), *browser_components(browser)]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    licence = [{"license": {"id": "Apache-2.0"}}]
    own = {"type": "application", "bom-ref": "yiping", "name": "yiping", "licenses": licence}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}", "version": 1, "metadata": {"component": own}, "components": components,
    }  # fmt: skip


def _hash(kind: str, digest: str) -> dict[str, str]:
    return {"alg": kind, "content": digest}


def _hex(digest: str) -> str:
    return base64.b64decode(digest).hex()


def _licence(name: str) -> dict[str, Any]:
    """As the installed distribution says it; nothing where it is not installed or says none."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return {}
    expression, text = told.get("License-Expression"), told.get("License", "")
    if expression:
        return {"licenses": [{"expression": expression}]}
    return {"licenses": [{"license": {"name": text.splitlines()[0][:100]}}]} if text.strip() else {}


def main() -> int:
    """Write it."""
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
