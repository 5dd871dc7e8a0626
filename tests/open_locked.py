"""Open a workbook in LibreOffice with a password and print its first cell; run by LibreOffice's own Python.

Arguments: the profile folder, the file, the password. Prints nothing when the file does not open.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

TRIES = 120


def main(profile: str, source: str, password: str) -> None:
    pipe = f"khoa{abs(hash(profile)) % 10**8}"
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore",
         f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(TRIES):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.5)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        given = [PropertyValue(Name="Hidden", Value=True), PropertyValue(Name="Password", Value=password)]
        try:
            book = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, tuple(given))
        except Exception:
            book = None
        if book is not None:
            sys.stdout.write(book.Sheets.getByIndex(0).getCellByPosition(0, 1).String)
            book.close(True)
    finally:
        os.killpg(office.pid, signal.SIGKILL)  # the launcher and the office that it started


main(*sys.argv[1:])
