"""Records for the tests of what the public sees."""

from pathlib import Path

import pytest

from tests.factories.public_records import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of invented record files."""
    return Folder(tmp_path)
