"""`run.py` before there is an environment: help, and one sentence where it cannot make one."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jcm.local.places import ROOT


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # nothing here may touch the environment that the tests run in
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "jcm-installed.json")
    return module


def test_help_lists_every_command(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in ("up", "test", "install", "check", "fix", "lock", "messages", "bench", "soak"):
        assert f"\n  {name} " in text


def test_an_unknown_command_is_one_sentence() -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "serve"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr == "There is no command 'serve'; `python3 run.py --help` lists them.\n"


def test_an_old_python_is_named(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(run.Trouble, match=r"3\.11 or newer is needed, this is 3\.9"):
        run.check_python()


def test_a_python_without_venv_says_what_to_install(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(run.Trouble, match="python3-venv"):
        run.check_python()


def test_a_failed_installation_gives_its_reason(run: ModuleType) -> None:
    program = "import sys; print('error: no build of x for this machine'); sys.exit(2)"
    with pytest.raises(run.Trouble, match="no build of x for this machine"):
        run.command([sys.executable, "-c", program], "Installing the Python packages")


def test_a_full_disk_is_said_as_such(run: ModuleType) -> None:
    program = "import sys; print('error: write: No space left on device (os error 28)'); sys.exit(2)"
    with pytest.raises(run.Trouble, match="is full; free some space"):
        run.command([sys.executable, "-c", program], "Installing the Python packages")


def test_where_uv_fails_pip_installs(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def command(argv: list[str], what: str, extra: dict[str, str] | None = None) -> None:
        asked.append(argv)
        if "venv" in argv:
            (run.ENVIRONMENT / "bin").mkdir(parents=True)
            run.PYTHON.touch()
        if "uv" in argv:
            raise run.Trouble("uv does not run on this machine.")

    monkeypatch.setattr(run, "command", command)
    run.install("local")
    assert [part for part in asked[-1] if part.endswith(".lock")] == [str(ROOT / "requirements" / "local.lock")]
    assert "pip" in asked[-1]
    assert "--require-hashes" in asked[-1]
    asked.clear()
    run.install("local")
    assert asked == []  # the stamp says that all is there
    run.install("all")
    assert asked
    asked.clear()
    run.install("local")
    assert asked == []  # what has every package has these too


def test_no_file_of_the_locks_names_a_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text(), lock
