import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "./recovery";

test("loading is taken up again a few times, ever later, and then given up", () => {
  const recovery = new Recovery();
  const remedies = Array.from({ length: 5 }, () => recovery.network());
  assert.deepEqual(remedies, [
    { kind: "reload", afterSeconds: 1 },
    { kind: "reload", afterSeconds: 2 },
    { kind: "reload", afterSeconds: 4 },
    { kind: "reload", afterSeconds: 8 },
    { kind: "give-up" },
  ]);
});

test("progress makes network errors count from the beginning", () => {
  const recovery = new Recovery();
  recovery.network();
  recovery.network();
  recovery.progress();
  assert.deepEqual(recovery.network(), { kind: "reload", afterSeconds: 1 });
});

test("media errors in a row are recovered from twice, in different ways", () => {
  const recovery = new Recovery();
  assert.deepEqual(
    [recovery.media(10).kind, recovery.media(12).kind, recovery.media(13).kind, recovery.media(14).kind],
    ["recover-media", "swap-audio-codec", "give-up", "give-up"],
  );
});

test("a media error long after the last one is a new one", () => {
  const recovery = new Recovery();
  recovery.media(10);
  recovery.media(11);
  assert.equal(recovery.media(60).kind, "recover-media");
});
