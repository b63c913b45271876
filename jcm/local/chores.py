"""The tasks of `python3 run.py` that look after the code: check, fix, lock, bench."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jcm.local.environment import NOWHERE
from jcm.local.places import ROOT

PROGRAMS = Path(sys.executable).parent  # not resolved: the environment's own folder
MANAGE = [sys.executable, "manage.py"]
# Enough for the settings to load; nobody answers at these addresses.
PRODUCTION = {
    **NOWHERE,
    "JCM_MODE": "production",
    "SECRET_KEY": "for the checks alone: 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "registry.example.org",
    "LOG_SIGNING_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "SITE_URL": "https://registry.example.org",
}


def _checks() -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return each check's command and the environment it adds; the slowest first."""
    tool = {name: str(PROGRAMS / name) for name in ("ruff", "mypy", "lint-imports", "djlint", "codespell")}
    checks: dict[str, tuple[list[str], dict[str, str]]] = {
        "types": ([tool["mypy"]], PRODUCTION),
        "import contracts": ([tool["lint-imports"]], PRODUCTION),
        "migrations": ([*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
        "deployment": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        "templates": ([tool["djlint"], "--lint", "--quiet", "templates"], {}),
        "spelling": ([tool["codespell"], *_text_folders()], {}),
        "lint": ([tool["ruff"], "check", "."], {}),
        "format": ([tool["ruff"], "format", "--check", "."], {}),
    }
    if (ROOT / "tools" / "messages.py").exists():
        checks["translations"] = ([sys.executable, "tools/messages.py", "--check"], {})
    return checks


def _text_folders() -> list[str]:
    """Return the tracked files' top folders, so that caches and environments are not read."""
    answer = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    tops = {line.partition("/")[0] for line in answer.stdout.splitlines()}
    return sorted(top for top in tops if (ROOT / top).exists()) or ["jcm"]


def check(_: Sequence[str]) -> int:
    """Run every check, two at a time; say each one's result and show what a failed one said."""

    def one(item: tuple[str, tuple[list[str], dict[str, str]]]) -> bool:
        name, (argv, extra) = item
        began = time.monotonic()
        answer = subprocess.run(
            argv,
            cwd=ROOT,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        result = "ok" if answer.returncode == 0 else "FAILED"
        text = f"{name:<18} {result:<8} {time.monotonic() - began:5.1f} s"
        print(text if answer.returncode == 0 else f"{text}\n{answer.stdout.rstrip()}", flush=True)
        return answer.returncode == 0

    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        results = list(pool.map(one, _checks().items()))
    return 0 if all(results) else 1


def fix(_: Sequence[str]) -> int:
    """Let the tools put right what they can."""
    ruff = str(PROGRAMS / "ruff")
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    code = _run([ruff, "check", "--fix", "."])
    code = _run([ruff, "format", "."]) or code
    if templates:
        # It ends with 1 when it changed something, which is what we asked for.
        _run([str(PROGRAMS / "djade"), "--target-version", "5.2", *templates])
    return code


def lock(arguments: Sequence[str]) -> int:
    """Compile the hashed locks from pyproject.toml; `--upgrade` takes newer versions."""
    folder = ROOT / "requirements"
    options = [
        *("--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"),
        *("--python-version", "3.11", "--quiet", *arguments),
    ]
    base = ["-c", "requirements/base.lock"]
    groups = {"base": [], "local": ["local"], "all": ["local", "test", "dev"]}
    for name, wanted in groups.items():
        chosen = [part for group in wanted for part in ("--group", group)]
        ours = [*chosen, *(base if wanted else []), "-o", f"requirements/{name}.lock"]
        if code := _compile(["pyproject.toml", *options, *ours]):
            return code
    pinned = re.search(r"^uv==\S+", (folder / "all.lock").read_text(), re.MULTILINE)
    if not pinned:
        print("uv is not among the packages of the group dev.", file=sys.stderr)
        return 1
    wanted_uv = folder / "bootstrap.in"
    wanted_uv.write_text(pinned[0] + "\n")
    try:
        if code := _compile(["requirements/bootstrap.in", *options, "-o", "requirements/bootstrap.lock"]):
            return code
    finally:
        wanted_uv.unlink()
    with_address = [path.name for path in folder.glob("*.lock") if "://" in path.read_text()]
    if with_address:
        print(f"These locks name a host, which none may: {', '.join(with_address)}.", file=sys.stderr)
    return 1 if with_address else 0


def _compile(arguments: Sequence[str]) -> int:
    return _run([str(PROGRAMS / "uv"), "pip", "compile", *arguments], UV_SYSTEM_CERTS="true")


def bench(arguments: Sequence[str]) -> int:
    """Run every benchmark one after the other."""
    scripts = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    codes = []
    for script in scripts:
        print(f"{script.stem}:", file=sys.stderr, flush=True)
        codes.append(_run([sys.executable, str(script.relative_to(ROOT)), *arguments]))
    return 1 if any(codes) else 0


def _run(argv: Sequence[str], **extra: str) -> int:
    return subprocess.run(argv, cwd=ROOT, env={**os.environ, **extra}, check=False).returncode


CHORES: dict[str, Callable[[Sequence[str]], int]] = {"check": check, "fix": fix, "lock": lock, "bench": bench}

if __name__ == "__main__":
    try:
        sys.exit(CHORES[sys.argv[1]](sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
