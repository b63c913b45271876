"""The import contracts hold, and would notice a forbidden import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "parties", "methodologies", "projects", "registry", "committee", "article6", "jcm")
FORBIDDEN = {
    "an app that imports upwards": ("parties/policies.py", "import registry.policies", "Apps import downwards only"),
    "a model that imports a service": ("core/models.py", "import core.services", "Inside an app"),
    "a committee that touches the ledger": (
        "committee/services/ballots.py",
        "import registry.models",
        "Only the registry",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the code, so that it can be spoilt."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_contracts_hold(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("case", FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(copy, case):
    name, line, contract = FORBIDDEN[case]
    path = copy / name
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(f"{before}\n{line}\n", encoding="utf-8")
        done = lint_imports(copy)
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    broken = [text for text in done.stdout.splitlines() if text.rstrip().endswith("BROKEN")]
    joined = " ".join(done.stdout.split())
    assert broken, done.stdout[-2000:]
    assert contract in joined
