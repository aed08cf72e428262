import assert from "node:assert/strict";
import { test } from "node:test";
import { licenseNotices, packageOf } from "./licenses";

test("a source belongs to the innermost package around it", () => {
  for (const [source, name] of [
    ["node_modules/hls.js/dist/hls.mjs", "hls.js"],
    ["node_modules/@scalar/themes/dist/index.js", "@scalar/themes"],
    ["../../../node_modules/.pnpm/vue@3/node_modules/@vue/shared/dist/a.js", "@vue/shared"],
    ["player/main.ts", null],
  ] as const) {
    assert.equal(packageOf(source), name);
  }
});

test("each package is named once, with its version and its license text", async () => {
  const text = await licenseNotices(["hls.js", "media-chrome", "hls.js"]);
  assert.match(text, /^hls\.js 1\.\d+\.\d+ \(Apache-2\.0\)$/m);
  assert.equal(text.split(/^hls\.js /m).length, 2);
  assert.match(text, /Permission is hereby granted/);
});
