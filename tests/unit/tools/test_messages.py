"""What the tool for translations finds and writes."""

from tools import messages


class TestPythonMessages:
    def test_finds_a_call_inside_an_f_string(self) -> None:
        assert list(messages.python_messages(b"""f'{number or _("Draft")}'""")) == [("Draft", None)]

    def test_finds_both_forms_of_a_plural(self) -> None:
        assert list(messages.python_messages(b'ngettext("%(n)s day", "%(n)s days", n)')) == [
            (("%(n)s day", "%(n)s days"), None)
        ]

    def test_finds_a_lazy_call_with_its_context(self) -> None:
        found = list(messages.python_messages(b'pgettext_lazy("designation", "Withdrawn")'))
        assert found == [("Withdrawn", "designation")]

    def test_passes_over_what_is_only_known_at_run_time(self) -> None:
        assert list(messages.python_messages(b"gettext(text)")) == []


class TestTemplateMessages:
    def test_finds_the_context(self) -> None:
        found = list(messages.template_messages('{% translate "Approved" context "day" %}'))
        assert found == [("Approved", "day")]


class TestCompiledCatalogue:
    def test_says_nothing_of_when_it_was_made(self) -> None:
        compiled = messages.as_mo(messages.updated())
        assert b"POT-Creation-Date" not in compiled


class TestFaults:
    def test_names_a_plural_without_translation(self) -> None:
        catalogue = messages.Steady(locale="ja")
        catalogue.add(("%(n)s day", "%(n)s days"), "")
        assert len(messages.faults(catalogue)) == 1
