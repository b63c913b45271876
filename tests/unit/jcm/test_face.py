"""What the face of the site keeps: no inline code, no unknown icon, small files, forms that explain themselves."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from jcm.design import Gallery, SampleForm

# The pages are rendered without the site's addresses: a missing one must leave a link empty, not break a page.
urlpatterns: list[object] = []
pytestmark = pytest.mark.urls(__name__)

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = ROOT / "static"


def id_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


@pytest.mark.parametrize("path", TEMPLATES, ids=id_of)
class TestTemplates:
    def test_hold_no_inline_code(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|hx-vals=[\"']js", text)
        for tag in re.findall(r"<script[^>]*>", text):
            assert " src=" in tag or "application/json" in tag

    def test_name_only_icons_that_exist(self, path: Path) -> None:
        known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons/sprite.svg").read_text(encoding="utf-8")))
        text = path.read_text(encoding="utf-8")
        used = re.findall(r'{% icon "([\w-]+)"', text) + re.findall(r'<c-[^>]*\sicon="([\w-]+)"', text)
        assert set(used) <= known


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "limit"), [("css/jcm.css", 35_000), ("js/jcm.js", 10_000), ("icons/sprite.svg", 12_000)]
    )
    def test_stay_small(self, name: str, limit: int) -> None:
        assert packed(STATIC / name) <= limit

    def test_name_no_other_host(self) -> None:
        for path in (STATIC / "css/jcm.css", STATIC / "js/jcm.js", STATIC / "icons/sprite.svg"):
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "").replace("%2F", "/")
            assert not re.search(r"https?://(?!www\.w3\.org|getbootstrap\.com|github\.com)", text), path

    def test_the_lock_names_no_registry(self) -> None:
        packages = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]
        assert not [name for name, package in packages.items() if "resolved" in package]
        assert all("integrity" in package for name, package in packages.items() if name)


class TestErrorPages:
    @pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500", "503"])
    def test_render_without_context(self, code: str) -> None:
        page = render_to_string(f"{code}.html")
        assert "<h1>" in page
        assert "{%" not in page

    @pytest.mark.parametrize("code", ["500", "503"])
    def test_stand_alone_in_both_languages(self, code: str) -> None:
        source = (ROOT / f"templates/{code}.html").read_text(encoding="utf-8")
        assert not re.search(r"{% (?!#)(extends|include|load|static|url)", source)
        assert 'lang="ja"' in source


class TestForms:
    def render(self, data: dict[str, Any] | None = None) -> str:
        form = SampleForm(data)
        form.is_valid()
        return str(form.as_div())

    def test_hint_belongs_to_the_field(self) -> None:
        page = self.render()
        assert 'id="id_title_helptext"' in page
        assert re.search(r'<input type="text"[^>]*aria-describedby="id_title_helptext"', page)

    def test_error_belongs_to_the_field(self) -> None:
        page = self.render({"title": ""})
        assert re.search(r'<input type="text"[^>]*aria-describedby="id_title_helptext id_title_error"', page)
        assert 'id="id_title_error"' in page
        assert re.search(r'<input type="text"[^>]*aria-invalid="true"', page)

    def test_groups_have_a_legend(self) -> None:
        assert re.search(r"<fieldset[^>]*>\s*<legend>Your answer", self.render())

    def test_own_classes_are_kept(self) -> None:
        class Narrow(forms.Form):
            code = forms.CharField(widget=forms.TextInput(attrs={"class": "serial"}))

        assert 'class="form-control serial"' in str(Narrow().as_div())

    def test_choice_keeps_its_value(self) -> None:
        page = self.render({"scope": "13", "vote": "no"})
        assert re.search(r'<option value="13"\s+selected', page)
        assert re.search(r'<input type="radio"[^>]*value="no"[^>]*checked', page)


class TestGallery:
    def test_shows_every_component(self) -> None:
        components = sorted((ROOT / "templates/cotton").glob("*.html"))
        sources = [ROOT / "templates/design/gallery.html", *components]
        # a component's own head shows how it is called, so its own file does not count
        shown = {path: path.read_text(encoding="utf-8") for path in sources}
        alone = {"receipt"}  # fills a page of its own
        for path in components:
            name = path.stem.replace("_", "-")
            uses = [text for other, text in shown.items() if other != path and f"<c-{name}" in text]
            assert uses or name in alone, f"c-{name} is not in the gallery"

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_renders(self, language: str) -> None:
        request = RequestFactory().get("/design/", headers={"accept-language": language})
        view = Gallery()
        view.setup(request)
        page = render_to_string("design/gallery.html", view.get_context_data(), request=None)
        assert "<c-" not in page
        assert page.count("<h1>") == 1
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
