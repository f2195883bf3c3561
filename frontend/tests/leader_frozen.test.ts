import assert from "node:assert/strict";
import { test } from "node:test";

import { isSafe } from "../src/leader/frozen";

test("attributes that run something or lead elsewhere are not set", () => {
  for (const [name, value] of [["onclick", "x()"], ["ONLOAD", "x()"], ["srcdoc", "<p>"], ["src", "/a.png"], ["href", "javascript:x()"], ["href", "//evil"], ["href", "/\\evil"], ["action", "https://evil"], ["formaction", "data:x"]] as const) {
    assert.equal(isSafe(name, value), false, `${name}=${value}`);
  }
});

test("what pages are made of is set", () => {
  for (const [name, value] of [["class", "card"], ["href", "/region?region=41"], ["href", "#main"], ["action", "/cases"], ["data-live", "open"], ["aria-label", "javascript:"], ["title", "onclick"]] as const) {
    assert.equal(isSafe(name, value), true, `${name}=${value}`);
  }
});
