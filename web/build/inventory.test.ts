import assert from "node:assert/strict";
import { test } from "node:test";
import { inventoryEntry, isCompressible, urlOf } from "./inventory";

test("every place of the build has its address", () => {
  for (const [file, url] of [
    ["player/index.html", "embed/{assetId}"],
    ["player/assets/main-ABCDEFGH.js", "_player/main-ABCDEFGH.js"],
    ["docs/index.html", "docs/"],
    ["docs/main-ABCDEFGH.js", "docs/main-ABCDEFGH.js"],
    ["home/index.html", ""],
    ["home/assets/main-ABCDEFGH.css", "_home/main-ABCDEFGH.css"],
    ["licenses.txt", null],
  ] as const) {
    assert.equal(urlOf(file), url);
  }
  assert.throws(() => urlOf("elsewhere/file.js"));
});

test("only names with a hash are immutable", () => {
  assert.equal(inventoryEntry("player/assets/main-ABC123XY.js", new Uint8Array(), []).immutable, true);
  assert.equal(inventoryEntry("player/index.html", new Uint8Array(), []).immutable, false);
});

test("text is compressed when it is not tiny", () => {
  assert.equal(isCompressible("a.js", 1025), true);
  assert.equal(isCompressible("a.js", 1024), false);
  assert.equal(isCompressible("a.woff2", 50_000), false);
});
