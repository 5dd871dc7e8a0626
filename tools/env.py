"""Make the environment in .venv from a lock file; do nothing when it is already right.

Usage: python3 tools/env.py run | dev

Needs only Python >= 3.11. Takes `uv` where it is on the PATH (faster), otherwise the standard `venv` and `pip`.
The result is stamped with the lock's hash, so a second start costs milliseconds.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
ADVICE = """Không tạo được môi trường Python (could not make the Python environment).
Cần một trong ba thứ (one of these is needed):
  - gói python3-venv      (Debian, Ubuntu: apt install python3-venv)
  - gói python3-pip       (Debian, Ubuntu: apt install python3-pip)
  - lệnh uv trên PATH     (the command uv on the PATH)"""


def run(*command: str | Path) -> bool:
    """Run a command, its output on our stderr; return whether it succeeded."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, stdout=sys.stderr, check=False).returncode == 0


def interpreter() -> str:
    """Return an interpreter that is new enough: this one, or a newer one on the PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in (13, 12, 11):
        if found := shutil.which(f"python3.{minor}"):
            return found
    sys.exit(f"Cần Python từ 3.11 trở lên, đang có {sys.version.split()[0]} (Python 3.11 or newer is needed).")


def fingerprint(lock: Path) -> str:
    """Return what the environment was made from: the lock, the project's own metadata, the interpreter."""
    parts = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + interpreter().encode()
    return hashlib.sha256(parts).hexdigest()


def with_uv(uv: str, lock: Path) -> bool:
    return (
        run(uv, "venv", "--quiet", "--allow-existing", "--python", interpreter(), VENV)
        and run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock)
        and run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "-e", ".")
    )


def with_pip(lock: Path) -> bool:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    if run(interpreter(), "-m", "venv", VENV):
        pip: tuple[str | Path, ...] = (PYTHON, "-m", "pip", "install", *quiet)
    elif run(interpreter(), "-m", "venv", "--clear", "--without-pip", VENV):
        pip = (interpreter(), "-m", "pip", "--python", PYTHON, "install", *quiet)
    else:
        return False
    return run(*pip, "--require-hashes", "-r", lock) and run(*pip, "--no-deps", "-e", ".")


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) == 2 and sys.argv[1] in ("run", "dev") else sys.exit(__doc__ or "")
    lock = ROOT / "locks" / f"{kind}.txt"
    stamp = VENV / "diaban-stamp"
    have = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    # The developer's environment holds everything the runner's does, so it serves for both.
    if PYTHON.exists() and (
        fingerprint(lock) in have or (kind == "run" and fingerprint(ROOT / "locks/dev.txt") in have)
    ):
        return
    print("Đang tạo môi trường .venv, lần đầu mất một vài phút …", file=sys.stderr)
    uv = shutil.which("uv")
    if not (with_uv(uv, lock) if uv else with_pip(lock)):
        sys.exit(ADVICE)
    stamp.write_text(fingerprint(lock) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
