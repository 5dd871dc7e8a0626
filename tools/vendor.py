"""Bring fonts and scripts of other people into the package, pinned by version and SHA-384.

    python tools/vendor.py            rebuild every vendored file at the versions in vendor.lock
    python tools/vendor.py --newest   take the newest versions and rewrite vendor.lock
    python tools/vendor.py --check    only compare the files in the tree with vendor.lock

Needs npm (any version) and, for the document fonts, fonttools. Nobody needs either to build, install or run Diaban: the
results are kept in the tree. Packages are named, never addressed: npm asks the registry it is set up for.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "diaban"
LOCK = ROOT / "ui" / "vendor.lock"

# Latin, its extensions that Vietnamese uses, combining marks (text may arrive decomposed), punctuation, đồng and euro,
# superscripts and the few signs that official documents and our tables print.
DOCUMENT_GLYPHS = (
    "U+0020-007E,U+00A0-017F,U+0192,U+01A0-01A1,U+01AF-01B0,U+02C6-02C7,U+02D8-02DD,U+0300-0304,U+0306,U+0308-0309,"
    "U+031B,U+0323,U+0327-0328,U+1E00-1EFF,U+2000-2015,U+2018-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,"
    "U+2070,U+2074-2079,U+2080-2089,U+20AB,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265,U+25A0-25A1,"
    "U+2610-2612,U+FB01-FB02"
)


@dataclass(frozen=True)
class Take:
    """One file of a package: `source` inside it, `target` under src/diaban, whether to `subset` the font."""

    source: str
    target: str
    subset: bool = False


SCREEN_FONTS = "ui/static/ui/fonts"
DOCUMENT_FONTS = "adapters/documents/fonts"
PACKAGES: dict[str, list[Take]] = {
    "@expo-google-fonts/tinos": [
        Take("400Regular/Tinos_400Regular.ttf", f"{DOCUMENT_FONTS}/Tinos-Regular.ttf", subset=True),
        Take("400Regular_Italic/Tinos_400Regular_Italic.ttf", f"{DOCUMENT_FONTS}/Tinos-Italic.ttf", subset=True),
        Take("700Bold/Tinos_700Bold.ttf", f"{DOCUMENT_FONTS}/Tinos-Bold.ttf", subset=True),
        Take("700Bold_Italic/Tinos_700Bold_Italic.ttf", f"{DOCUMENT_FONTS}/Tinos-BoldItalic.ttf", subset=True),
        Take("LICENSE_FONT", f"{DOCUMENT_FONTS}/OFL.txt"),
    ],
    "@fontsource/be-vietnam-pro": [
        *(
            Take(
                f"files/be-vietnam-pro-{part}-{weight}-normal.woff2",
                f"{SCREEN_FONTS}/be-vietnam-pro-{part}-{weight}.woff2",
            )
            for part in ("vietnamese", "latin", "latin-ext")
            for weight in (400, 500, 600, 700)
        ),
        Take("LICENSE", f"{SCREEN_FONTS}/OFL.txt"),
    ],
    "htmx.org": [
        Take("dist/htmx.min.js", "ui/static/ui/vendor/htmx.min.js"),
        Take("LICENSE", "ui/static/ui/vendor/htmx.LICENSE.txt"),
    ],
}


def digest(path: Path) -> str:
    """Return the SHA-384 of a file in the notation of Subresource Integrity."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode("ascii")


def subset_font(source: Path, target: Path) -> None:
    """Write `source` with only `DOCUMENT_GLYPHS`, all layout features kept, the same bytes at every run."""
    from fontTools import subset

    options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=["*"])
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=subset.parse_unicodes(DOCUMENT_GLYPHS))
    worker.subset(font)
    subset.save_font(font, str(target), options)
    font.close()


def unpack(name: str, version: str | None, folder: Path) -> str:
    """Download one package into `folder` and return the version that came."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("tools/vendor.py needs npm")
    wanted = f"{name}@{version}" if version else name
    command = [npm, "pack", "--silent", "--pack-destination", str(folder), wanted]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return str(json.loads((folder / "package" / "package.json").read_text(encoding="utf-8"))["version"])


def rebuild(*, newest: bool) -> None:
    """Fetch every package and rewrite the vendored files and the lock."""
    old: dict[str, str] = json.loads(LOCK.read_text(encoding="utf-8"))["packages"] if LOCK.exists() else {}
    versions: dict[str, str] = {}
    hashes: dict[str, str] = {}
    for name, takes in PACKAGES.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            versions[name] = unpack(name, None if newest else old.get(name), folder)
            for take in takes:
                target = ROOT / take.target
                target.parent.mkdir(parents=True, exist_ok=True)
                source = folder / "package" / take.source
                if take.subset:
                    subset_font(source, target)
                else:
                    target.write_bytes(source.read_bytes())
                hashes[take.target] = digest(target)
                print(f"{name} {versions[name]}  {take.target}  {target.stat().st_size:,} B")
    lock = {"packages": versions, "files": dict(sorted(hashes.items()))}
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def differences() -> list[str]:
    """Return one sentence per vendored file that is missing or not the locked one."""
    locked: dict[str, str] = json.loads(LOCK.read_text(encoding="utf-8"))["files"]
    found = []
    for target, expected in locked.items():
        path = ROOT / target
        if not path.exists():
            found.append(f"{target}: missing")
        elif digest(path) != expected:
            found.append(f"{target}: not the locked file")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Rebuild or check the vendored files.")
    parser.add_argument("--newest", action="store_true", help="take the newest versions")
    parser.add_argument("--check", action="store_true", help="only compare with vendor.lock")
    given = parser.parse_args()
    if not given.check:
        rebuild(newest=given.newest)
    problems = differences()
    print("\n".join(problems) or "all vendored files match vendor.lock")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
