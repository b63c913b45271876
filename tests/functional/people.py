"""People in front of a browser: each has a window of their own and does what they read on the page."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from core.models import User
from jcm.demo.cast import PASSWORD


class Person:
    """One person, signed in, in a window of their own."""

    def __init__(self, new_context: Callable[..., Any], site: str, user: User) -> None:
        self.site = site
        self.page: Page = new_context(base_url=site, locale="en-GB").new_page()
        self.page.goto("/accounts/login/")
        self.page.get_by_label("Email").fill(user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/inbox/")

    def open(self, address: str) -> Page:
        """Open an address of the site."""
        self.page.goto(address)
        return self.page

    def open_from_inbox(self, asked: str) -> Page:
        """Open the first matter of which the inbox says this is asked."""
        self.page.goto("/inbox/")
        self.page.get_by_role("row").filter(has_text=asked).first.get_by_role("link").click(timeout=5000)
        return self.page

    def fill(self, **values: str) -> None:
        """Fill in the fields of these names."""
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]")
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    def press(self, button: str) -> None:
        """Press the button in the page's main part, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        """Follow the link in the page's main part."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=link).first.click()

    def sees(self, text: str) -> None:
        """Fail unless the text can be read in the page's main part or its messages."""
        shown = self.page.locator("body").inner_text()
        assert text in shown, f"“{text}” is not on {self.page.url}:\n{shown[:3000]}"
