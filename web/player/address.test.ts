import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestPath, parseAddress, passQuery, proofQuery, showsPart } from "./address";

const id = "0192f0c1-7a4e-7cc3-9d52-1f0a3c5b7e11";

test("the asset and the base are read off the path", () => {
  assert.deepEqual(parseAddress(`/embed/${id}`), { base: "", assetId: id });
  assert.deepEqual(parseAddress(`/embed/${id}/`), { base: "", assetId: id });
  assert.deepEqual(parseAddress(`/media/eu/embed/${id}`), { base: "/media/eu", assetId: id });
  assert.deepEqual(parseAddress("/embed/embed/clip_1"), { base: "/embed", assetId: "clip_1" });
});

test("a path without a possible asset id is refused", () => {
  for (const path of [
    "/",
    "/embed/",
    "/embed",
    "/embed/a/b",
    "/embed/..",
    "/embed/a%2Fb",
    `/embed/${"x".repeat(129)}`,
  ]) {
    assert.equal(parseAddress(path), null, path);
  }
});

test("manifests lie below the base", () => {
  assert.equal(manifestPath({ base: "", assetId: "a1" }, "hls", ""), "/play/a1/hls/master.m3u8");
  assert.equal(manifestPath({ base: "/v", assetId: "a1" }, "dash", "?t=3"), "/v/play/a1/dash/manifest.mpd");
});

test("a proof and a part are handed on to the manifest, and nothing else is", () => {
  const search = "?format=dash&token=a.b-c_d&session=my+room&start=1.5&end=9&color=f00&autoplay";
  assert.equal(
    manifestPath({ base: "", assetId: "a1" }, "hls", search),
    "/play/a1/hls/master.m3u8?token=a.b-c_d&session=my+room&start=1.5&end=9",
  );
});

test("pictures are asked for with what opens all of an asset", () => {
  for (const [search, query] of [
    ["?format=dash&t=3", ""],
    ["?token=a.b-c_d&session=my+room&start=1&color=f00", "?token=a.b-c_d&session=my+room"],
    ["?expires=7&pass=x", "?expires=7&pass=x"],
    ["?expires=7&signature=x", null],
  ] as const) {
    assert.equal(proofQuery(search), query, search);
  }
});

test("a signed manifest tells the pass that opens the rest", () => {
  for (const manifest of [
    "#EXTM3U\nv0-1.m3u8?expires=1769864400&pass=a-B_9\n",
    '<S media="../v0-1/$Number$.m4s?expires=1769864400&amp;pass=a-B_9"/>',
  ]) {
    assert.equal(passQuery(manifest), "?expires=1769864400&pass=a-B_9");
  }
  assert.equal(passQuery("#EXTM3U\nv0-1.m3u8?token=a\n"), "");
});

test("a part is known by its ends", () => {
  assert.deepEqual(["?start=1", "?end=2", "?t=3", ""].map(showsPart), [true, true, false, false]);
});
