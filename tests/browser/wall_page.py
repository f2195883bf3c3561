"""One wall in one browser window, with everything it asked for and complained of."""

from typing import Any

from playwright.sync_api import Browser, Page

from tests.program import Program

Size = tuple[int, int]
FULL_HD, UHD, WIDE = (1920, 1080), (3840, 2160), (7680, 2160)
TILES = ("workers", "accepted", "open", "on_time", "overdue", "satisfaction")


class WallPage:
    """``requests`` are the addresses asked for, ``faults`` console errors and uncaught exceptions."""

    def __init__(
        self, browser: Browser, program: Program, query: str = "", size: Size = FULL_HD, script: str = "", **more: Any
    ) -> None:
        # Playwright evaluates what it waits for; ``test_policy`` holds the pages to the policy.
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=True, **more)
        context.add_cookies([program.wall_cookie()])  # type: ignore[list-item]
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        if script:
            self.page.add_init_script(script)
        self.page.goto(f"{program.url}/wall{query}")
        self.page.wait_for_selector(".wall[data-ready=yes]", timeout=30_000)

    def close(self) -> None:
        self.page.context.close()

    def text(self, element: str) -> str:
        return self.page.locator(f"#{element}").text_content() or ""

    def state(self, element: str) -> str | None:
        return self.page.get_attribute(f"#{element}", "data-state")

    def until(self, expression: str, argument: Any = None, seconds: float = 10) -> Any:
        """The value of an expression of the page once it holds; fails after ``seconds``."""
        return self.page.wait_for_function(expression, arg=argument, timeout=seconds * 1000).json_value()

    def until_says(self, element: str, text: str, seconds: float = 10) -> None:
        self.until("([id, text]) => document.getElementById(id).textContent.includes(text)", [element, text], seconds)

    def numbers(self) -> dict[str, str]:
        """What the six tiles say."""
        return {key: self.text(f"tile-{key}-value") for key in TILES}
