import assert from "node:assert/strict";
import { test } from "node:test";
import { safeMargin } from "./safe-margin";

test("what is buffered stays up to the end of a segment, and long enough to load the next one", () => {
  const ends = [4, 12, 8];
  for (const [position, margin] of [
    [0, 4],
    [1.5, 2.5],
    [2, 6],
    [3, 5],
    [9, 3],
    [11, 2],
  ] as const) {
    assert.equal(safeMargin(position, ends), margin, `at ${position} s`);
  }
  assert.equal(safeMargin(5, []), 2);
});
