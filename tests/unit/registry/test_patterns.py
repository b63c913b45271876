"""Forms of serial numbers: each field once, and one way only to read a number."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from registry import patterns

OWN = (
    patterns.DEFAULT,
    "{registry}.{host}.{project}.{vintage}.{first}.{last}",
    "JCM-{registry}-{vintage}-{project}:{host}_{first}-TO-{last}",
    "{last}-{first}-{vintage}-{project}-{host}-{registry}",
    "NR1.{registry}X_{host}-{project}-{vintage}-{first}-{last}Z",
)
FIELDS = st.fixed_dictionaries(
    {
        "registry": st.from_regex(r"[A-Z]{2}", fullmatch=True),
        "host": st.from_regex(r"[A-Z]{2}", fullmatch=True),
        "project": st.from_regex(r"[A-Z]{2}[0-9]{1,8}", fullmatch=True),
        "vintage": st.integers(2013, 2100),
        "first": st.integers(1, 10**15 - 1),
        "last": st.integers(1, 10**15 - 1),
    }
)


class TestCheck:
    @pytest.mark.parametrize("pattern", OWN)
    def test_accepts(self, pattern):
        patterns.check(pattern)

    @pytest.mark.parametrize(
        "pattern",
        [
            "",
            "{registry}-{host}-{project}-{vintage}-{first}",
            "{registry}-{host}-{project}-{vintage}-{first}-{last}-{last}",
            "{registry}-{host}-{project}-{vintage}-{first}-{first}",
            "{registry}{host}-{project}-{vintage}-{first}-{last}",
            "{registry}-{host}-{project}-{vintage}-{first}0{last}",
            "{registry}-{host}-{project}-{vintage}-{first} {last}",
            "{registry}-{host}-{project}-{vintage}-{first}/{last}",
            "{registry}-{host}-{project}-{vintage}-{first}-{last.__class__}",
            "{registry}-{host}-{project}-{vintage}-{first}-{last!r}",
            "{registry}-{host}-{project}-{vintage}-{first}-{last:>9}",
            "jcm-{registry}-{host}-{project}-{vintage}-{first}-{last}",
            "{registry}-{host}-{project}-{vintage}-{first}-{last}\n",
            "A" * 80 + "-" + patterns.DEFAULT,
        ],
    )
    def test_refuses_what_is_not_six_fields_apart(self, pattern):
        with pytest.raises(ValidationError):
            patterns.check(pattern)

    @pytest.mark.parametrize(
        "pattern",
        [
            "{host}-{registry}-{project}-{vintage}-{first}-{last}",
            "{registry}-{host}-{project}-{first}-{vintage}-{last}",
            "{registry}-{host}-{project}-{vintage}-{last}-{first}",
        ],
    )
    def test_refuses_what_reads_as_another_number_in_the_usual_form(self, pattern):
        with pytest.raises(ValidationError, match="taken for others"):
            patterns.check(pattern)


class TestRead:
    @pytest.mark.parametrize("pattern", OWN)
    @given(fields=FIELDS)
    def test_gives_back_what_was_written(self, pattern, fields):
        text = patterns.plain(patterns.write(pattern, fields))
        assert patterns.read(pattern, text) == {name: str(value) for name, value in fields.items()}
        if pattern != patterns.DEFAULT:
            assert patterns.read(patterns.DEFAULT, text) is None
