"""Names of organisations as public lists write them."""

import pytest

from jcm.importer.participants import parse, same


class TestParse:
    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("", []),
            ("Alpha Ltd.", ["Alpha Ltd."]),
            ("Alpha Co., Ltd.; Beta CO.,LTD;", ["Alpha Co., Ltd.", "Beta CO.,LTD"]),
            ("Alpha Consulting, Inc.", ["Alpha Consulting, Inc."]),
            ("The Alpha Power Company, Incorporated", ["The Alpha Power Company, Incorporated"]),
            ("Ministry of Heat, Light and Water", ["Ministry of Heat, Light and Water"]),
            (
                "Alpha Corporation, Beta Corporation, Gamma Co., Ltd.",
                ["Alpha Corporation", "Beta Corporation", "Gamma Co., Ltd."],
            ),
            ("Alpha LLC, Beta Farm LLC", ["Alpha LLC", "Beta Farm LLC"]),
            ("PT. Alpha Supplies, PT. Beta", ["PT. Alpha Supplies", "PT. Beta"]),
            ("P.T. Alpha (AL), P.T. Beta Tbk", ["P.T. Alpha (AL)", "P.T. Beta Tbk"]),
            ("Alpha (Land) Co., Ltd. Beta Solar Limited", ["Alpha (Land) Co., Ltd.", "Beta Solar Limited"]),
            ("Alpha Co., Ltd.Beta Co., Ltd.", ["Alpha Co., Ltd.", "Beta Co., Ltd."]),
            ("Alpha Co., Ltd. (formerly Beta Co., Ltd.)", ["Alpha Co., Ltd. (formerly Beta Co., Ltd.)"]),
            ("Alpha Co., Ltd. Northern Branch", ["Alpha Co., Ltd. Northern Branch"]),
            ("(1) Alpha Corporation (AC); (2) Beta Hall", ["Alpha Corporation (AC)", "Beta Hall"]),
            ("1. Alpha Company; 2) Beta Company", ["Alpha Company", "Beta Company"]),
            ("Subproject 1: Alpha Company, Subproject 2: Beta Company", ["Alpha Company", "Beta Company"]),
            ("Alpha Company (Subproject 1, 2); Beta (Subproject 3)", ["Alpha Company", "Beta"]),
            ("Alpha Corporation.", ["Alpha Corporation"]),
            ("Alpha School (AS).", ["Alpha School (AS)"]),
            ("Alpha Office No. 1.", ["Alpha Office No. 1"]),
            ("Alpha Co., Ltd..", ["Alpha Co., Ltd."]),
            ("Alpha Corp.", ["Alpha Corp."]),
            ("Alpha Ltd.; Alpha Ltd.", ["Alpha Ltd."]),
        ],
    )
    def test_splits_names_and_takes_off_marks(self, cell, names):
        assert list(parse(cell).organisations) == names

    @pytest.mark.parametrize("mark", ["(Focal Point)", "(Focal Point (2) )", "(Focal Point (1))", "(focal points)"])
    def test_sees_focal_points(self, mark):
        assert parse(f"Alpha Ltd. {mark}; Beta Ltd.").organisations == {"Alpha Ltd.": True, "Beta Ltd.": False}
        assert parse(f"Alpha Ltd. {mark}, Beta Ltd.").organisations == {"Alpha Ltd.": True, "Beta Ltd.": False}

    def test_tells_places_from_organisations(self):
        parsed = parse("PT Alpha; Project location 1. Alpha; Project location 2. Alpha Plant2")
        assert (list(parsed.organisations), parsed.places) == (["PT Alpha"], ["Alpha", "Alpha Plant2"])


class TestSame:
    def test_ignores_signs_spaces_and_capitals(self):
        assert same("ALPHA–Service CO.,LTD") == same("Alpha-Service Co., Ltd.")

    def test_keeps_letters_of_every_script(self):
        assert same("Università Ä 社") == "universitàä社"
