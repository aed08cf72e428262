import assert from "node:assert/strict";
import { test } from "node:test";
import { assetIdIn } from "./asset-link";

test("an id or a player address names an asset", () => {
  for (const [text, id] of [
    ["clip-1", "clip-1"],
    ["  clip-1\n", "clip-1"],
    ["http://localhost:8080/embed/clip-1?t=3", "clip-1"],
    ["https://media.example/kinora/embed/clip-1", "clip-1"],
    ["/embed/clip-1", "clip-1"],
    ["", null],
    ["two words", null],
    ["javascript:alert(1)", null],
    ["https://media.example/watch/clip-1", null],
    ["http://[", null],
  ] as const) {
    assert.equal(assetIdIn(text), id, text);
  }
});
