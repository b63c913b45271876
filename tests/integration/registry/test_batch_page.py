"""The page of many movements: upload, check with the effect and warnings, confirm; nothing is half saved."""

import base64
import re
import uuid
import zlib
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registry.forms.batch import LARGEST_BYTES
from registry.models import Proposal
from tests.factories import holders
from tests.integration.registry.test_batch import FINAL, TRANSFER

pytestmark = pytest.mark.django_db


def bomb(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


class TestPage:
    def send(self, browser, holder, text, kind="transfer", reason=""):
        url = reverse("registry:batch", args=[holder.account.number])
        file = SimpleUploadedFile("rows.csv", text if isinstance(text, bytes) else text.encode())
        return browser.post(url, {"key": str(uuid.uuid4()), "kind": kind, "file": file, "reason": reason})

    def hidden(self, page, **button):
        """Return what the form of the check page sends."""
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        return {**{name: unescape(value) for name, value in fields}, **button}

    def test_opens_to_those_who_may_propose(self, holder, browse):
        url = reverse("registry:batch", args=[holder.account.number])
        expected = {"proposer": 200, "viewer": 403, "approver": 403, "keeper": 403, "second_keeper": 403}
        for name, user in holder.people.items():
            assert browse(user).get(url).status_code == expected.get(name, 404), name
        assert browse(None).get(url).status_code == 302

    def test_shows_the_effect_and_saves_nothing(self, holder, browse):
        to, third = holder.other.number, holders.account("Gamma").number
        text = f"\ufeff{TRANSFER}\n{to},7,,,\n{third},100,,,\n{to},5,,2022,\n"
        page = self.send(browse(holder.people["proposer"]), holder, text)
        preview = page.context["preview"]
        assert [(total.ask.to_account.number, total.rows, total.quantity) for total in preview.totals] == [
            (third, 1, 100), (to, 2, 12),
        ]  # fmt: skip
        assert [(effect.account, effect.before, effect.after) for effect in preview.effects] == [
            (holder.account, 180, 68)
        ]
        assert preview.vintages == [(2019, 100), (2020, 7), (2022, 5)]
        assert (preview.rows, preview.quantity, preview.waits, preview.warnings) == (3, 112, True, [])
        assert not Proposal.objects.exists()

    def test_proposes_what_was_checked_once(self, holder, browse):
        browser = browse(holder.people["proposer"])
        page = self.send(browser, holder, f"\ufeff{TRANSFER}\n{holder.other.number},7,,,\n")
        first, second = (browser.post(page.request["PATH_INFO"], self.hidden(page, submit="1")) for _ in range(2))
        assert first.url == second.url == Proposal.objects.get().get_absolute_url()
        assert Proposal.objects.get().lines.get().quantity == 7

    def test_checks_again_what_is_confirmed(self, holder, browse):
        browser = browse(holder.people["proposer"])
        page = self.send(browser, holder, f"{TRANSFER}\n{holder.other.number},100,,,\n")
        holder.propose(81)
        refused = browser.post(page.request["PATH_INFO"], self.hidden(page, submit="1"))
        assert "Row 2, column quantity" in refused.context["form"].errors["file"][0]
        assert Proposal.objects.count() == 1

    def test_lets_another_file_be_chosen(self, holder, browse):
        browser = browse(holder.people["proposer"])
        page = self.send(browser, holder, f"{TRANSFER}\n{holder.other.number},7,,,\n", reason="For Beta")
        again = browser.post(page.request["PATH_INFO"], self.hidden(page, change="1"))
        assert again.context["form"]["reason"].value() == "For Beta"
        assert not again.context["form"].errors

    @pytest.mark.parametrize("rows", ["", "%%%", "AAAA", bomb(b"x" * (LARGEST_BYTES + 1)), bomb(b"\xff\xfe")])
    def test_refuses_rows_that_it_did_not_write(self, holder, browse, rows):
        url = reverse("registry:batch", args=[holder.account.number])
        sent = {"key": str(uuid.uuid4()), "kind": "transfer", "rows": rows, "submit": "1"}
        page = browse(holder.people["proposer"]).post(url, sent)
        assert page.context["form"].errors["file"]
        assert not Proposal.objects.exists()

    def test_totals_final_uses_and_warns(self, holder, browse):
        rows = ["5,,2022,,gx_ets,Alpha,2026,100", "6,,2022,,gx_ets,alpha,2026,", "1,,2022,,gx_ets,Beta,2026,",
                "5,,2022,,gx_ets,Alpha,2026,100", "1,,,,ndc,Gamma,2025,"]  # fmt: skip
        text = "\n".join([f"{FINAL},declared_emissions", *rows])
        preview = self.send(browse(holder.people["proposer"]), holder, text, kind="retirement").context["preview"]
        first = preview.totals[0]
        assert (first.ask.beneficiary, first.purpose) == ("Alpha", "GX-ETS, counted for that NDC")
        assert (first.rows, first.quantity) == (2, 10)
        alike, share, silent = preview.warnings
        assert "5. Is that meant" in alike
        assert "16 tCO2eq would be retired" in share
        assert "Beta (2026)" in silent

    def test_refuses_two_declarations_for_one_year(self, holder, browse):
        rows = ["1,,2022,,gx_ets,Alpha,2026,100", "1,,2022,,gx_ets,ALPHA,2026,200"]
        text = "\n".join([f"{FINAL},declared_emissions", *rows])
        page = self.send(browse(holder.people["proposer"]), holder, text, kind="retirement")
        assert page.context["form"].errors["file"][0].startswith("Row 3, column declared_emissions")

    def test_shows_faults_by_row(self, holder, browse):
        text = "\n".join([TRANSFER, *["JP-2000002-00,1,,,"] * 60])
        page = self.send(browse(holder.people["proposer"]), holder, text)
        errors = page.context["form"].errors["file"]
        assert errors[0].startswith("Row 2, column to_account: This is not")
        assert errors[-1] == "And 10 more."

    @pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"quantity\x00"])
    def test_refuses_what_is_not_text(self, holder, browse, data):
        page = self.send(browse(holder.people["proposer"]), holder, data)
        assert page.context["form"].errors["file"] == ["The file is not UTF-8 text."]

    @pytest.mark.parametrize("kind", ["transfer", "retirement", "cancellation"])
    def test_gives_a_template(self, holder, browse, kind):
        url = reverse("registry:batch-template", args=[kind])
        header, example = browse(holder.people["stranger"]).get(url).text.splitlines()
        assert header == {"transfer": TRANSFER, "retirement": f"{FINAL},declared_emissions"}.get(kind, FINAL)
        assert len(example.split(",")) == len(header.split(","))
        assert browse(None).get(url).status_code == 302
        assert browse(holder.people["stranger"]).get(url.replace(kind, "gift")).status_code == 404
