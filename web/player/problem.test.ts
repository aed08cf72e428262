import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProblem, problemFromStatus } from "./problem";

test("each answer of the server has its meaning", () => {
  for (const [status, kind] of [
    [200, undefined],
    [206, undefined],
    [401, "forbidden"],
    [403, "forbidden"],
    [404, "missing"],
    [410, "forbidden"],
    [409, "preparing"],
    [425, "preparing"],
    [429, "unreachable"],
    [500, "unreachable"],
    [503, "unreachable"],
    [400, "broken"],
  ] as const) {
    assert.equal(problemFromStatus(status, null)?.kind, kind, String(status));
  }
});

test("the wait that the server asks for is kept within bounds", () => {
  for (const [header, seconds] of [
    [null, 3],
    ["5", 5],
    ["0", 1],
    ["86400", 30],
    ["Fri, 31 Dec 1999 23:59:59 GMT", 3],
  ] as const) {
    assert.deepEqual(problemFromStatus(425, header), { kind: "preparing", retryAfterSeconds: seconds });
  }
});

test("a missing video offers no retry, an unreachable one does", () => {
  assert.equal(describeProblem({ kind: "missing" }).title, "This video does not exist");
  assert.equal(describeProblem({ kind: "missing" }).retry, false);
  assert.equal(describeProblem({ kind: "unreachable" }).retry, true);
  assert.equal(describeProblem({ kind: "broken" }).title, "This video cannot be played");
});
