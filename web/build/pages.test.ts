import assert from "node:assert/strict";
import { test } from "node:test";
import { fillTemplate } from "./pages";

test("places are filled with their values", () => {
  assert.equal(fillTemplate('<a href="{{x}}">{{x}}{{y}}</a>', { x: "1", y: "$&" }), '<a href="1">1$&</a>');
});

test("a place without a value and a value without a place are mistakes", () => {
  assert.throws(() => fillTemplate("{{x}}", {}), /\{\{x\}\}/);
  assert.throws(() => fillTemplate("", { x: "1" }), /no place for x/);
});
