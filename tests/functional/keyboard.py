"""People who use nothing but the keyboard: Tab to move, letters to write, arrows to choose, Enter and the space bar."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from core.models import User
from jcm.demo.cast import PASSWORD

MOST_TABS = 250
# What can be told of the element that has the focus.
FOCUSED = """() => {
    const it = document.activeElement, label = it.labels && it.labels[0];
    return {
        tag: it.tagName, type: it.type || "", name: it.name || "", checked: !!it.checked,
        text: (it.innerText || it.value || "").replace(/\\s+/g, " ").trim(),
        label: label ? label.innerText.replace(/\\s+/g, " ").trim() : "",
        chosen: it.tagName === "SELECT" && it.selectedIndex >= 0 ? it.options[it.selectedIndex].text.trim() : "",
        inside: !!it.closest("main"),
        visible: it.matches(":focus-visible"),
    };
}"""
Focus = dict[str, Any]


class Keyboard:
    """One person at a keyboard, in a window of their own; nobody is signed in where `user` is None."""

    def __init__(self, new_context: Callable[..., Any], site: str, user: User | None) -> None:
        self.page: Page = new_context(base_url=site, locale="en-GB").new_page()
        if user is not None:
            self.page.goto("/accounts/login/")
            self.write("login", user.email)
            self.write("password", PASSWORD)
            self.press("Sign in")
            self.page.wait_for_url("**/inbox/")

    def open(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)

    def reach(self, what: str, wanted: Callable[[Focus], bool]) -> Focus:
        """Press Tab until the wanted element of the page's main part has the focus, which must be visible."""
        for _n in range(MOST_TABS):
            focus: Focus = self.page.evaluate(FOCUSED)
            if focus["inside"] and wanted(focus):
                assert focus["visible"], f"the focus on {what} cannot be seen"
                return focus
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {what} on {self.page.url}")

    def write(self, name: str, text: str) -> None:
        """Write into the field of this name."""
        self.reach(name, lambda focus: focus["name"] == name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def select(self, name: str, option: str) -> None:
        """Choose an option of a list with the arrow keys."""
        self.reach(name, lambda focus: focus["name"] == name)
        self.page.keyboard.press("Home")
        for _n in range(MOST_TABS):
            if self.page.evaluate(FOCUSED)["chosen"] == option:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} does not offer {option}")

    def choose(self, label: str) -> None:
        """Choose one of several round buttons, or tick a box, by its label."""
        focus = self.reach(label, lambda focus: focus["type"] in {"radio", "checkbox"} and not focus["checked"]
                           and (focus["label"] == label or focus["type"] == "radio"))  # fmt: skip
        if focus["type"] == "checkbox" or focus["label"] == label:
            self.page.keyboard.press("Space")
            return
        for _n in range(10):
            self.page.keyboard.press("ArrowDown")
            if self.page.evaluate(FOCUSED)["label"] == label:
                return
        raise AssertionError(f"the arrows do not lead to {label}")

    def unfold(self, summary: str) -> None:
        """Open a part of the page that is folded away."""
        self.reach(summary, lambda focus: focus["tag"] == "SUMMARY" and focus["text"].startswith(summary))
        self.page.keyboard.press("Enter")

    def press(self, button: str) -> None:
        """Press the button with the Enter key and wait for the next page."""
        self.reach(button, lambda focus: focus["tag"] == "BUTTON" and focus["text"].startswith(button))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, link: str) -> None:
        """Follow the link with the Enter key."""
        self.reach(link, lambda focus: focus["tag"] == "A" and link in focus["text"])
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sees(self, text: str) -> None:
        """Fail unless the text can be read."""
        shown = self.page.locator("body").inner_text()
        assert text in shown, f"“{text}” is not on {self.page.url}:\n{shown[:3000]}"
