"""The people of one partnership."""

import pytest

from jcm.demo.cast import Cast
from tests.factories import cycle


@pytest.fixture
def people(db: None) -> Cast:
    return cycle.cast("MN")


@pytest.fixture
def strangers(db: None) -> Cast:
    """Everybody of another partnership."""
    return cycle.cast("VN")
