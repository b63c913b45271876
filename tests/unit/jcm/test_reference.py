"""Generated pages are current."""

from pathlib import Path

from jcm.management.commands.workflows import PAGE, page

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_of_workflows_is_what_the_tables_say():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run manage.py workflows"
