import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFor, nextSpeed } from "./keyboard";

const plain = { ctrlKey: false, metaKey: false, altKey: false };

test("keys have the meaning that viewers know", () => {
  for (const [key, command] of [
    [" ", { name: "toggle-play" }],
    ["K", { name: "toggle-play" }],
    ["ArrowLeft", { name: "seek-by", seconds: -5 }],
    ["l", { name: "seek-by", seconds: 10 }],
    ["ArrowUp", { name: "volume-by", amount: 0.05 }],
    ["0", { name: "seek-to", fraction: 0 }],
    ["9", { name: "seek-to", fraction: 0.9 }],
    ["<", { name: "speed-step", direction: -1 }],
    ["f", { name: "toggle-fullscreen" }],
    ["x", null],
    ["F5", null],
  ] as const) {
    assert.deepEqual(commandFor({ ...plain, key }, []), command, key);
  }
});

test("shortcuts of the browser and keys of the focused control are left alone", () => {
  assert.equal(commandFor({ ...plain, key: "l", ctrlKey: true }, []), null);
  assert.equal(commandFor({ ...plain, key: "ArrowLeft", altKey: true }, []), null);
  assert.equal(commandFor({ ...plain, key: " " }, [" ", "Enter"]), null);
});

test("speeds go step by step and stop at the ends", () => {
  assert.equal(nextSpeed(1, 1), 1.25);
  assert.equal(nextSpeed(1, -1), 0.75);
  assert.equal(nextSpeed(1.1, 1), 1.25);
  assert.equal(nextSpeed(2, 1), 2);
  assert.equal(nextSpeed(0.25, -1), 0.25);
});
