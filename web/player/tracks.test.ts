import assert from "node:assert/strict";
import { test } from "node:test";
import { AudioTrack, AudioTrackList, RenditionList } from "./tracks";

const low = { id: "0", width: 640, height: 360, bitrate: 800_000 };
const high = { id: "1", width: 1280, height: 720, bitrate: 3_000_000 };

test("renditions are read by index and by iteration", () => {
  const list = new RenditionList();
  let told = 0;
  list.addEventListener("addrendition", () => {
    told += 1;
  });
  list.replace([low, high]);
  assert.deepEqual([list.length, list[1], [...list]], [2, high, [low, high]]);
  list.replace([low]);
  assert.deepEqual([list.length, list[1], told], [1, undefined, 2]);
});

test("a chosen rendition is told to the engine, and automatic as null", () => {
  const list = new RenditionList();
  const asked: (string | null)[] = [];
  list.onSelect = (rendition) => asked.push(rendition?.id ?? null);
  list.replace([low, high]);
  list.selectedIndex = 1;
  list.selectedIndex = -1;
  list.selectedIndex = 7;
  assert.deepEqual(asked, ["1", null, null]);
  assert.equal(list.selectedIndex, -1);
});

test("the choice stays with its rendition when the list changes", () => {
  const list = new RenditionList();
  list.replace([low, high]);
  list.selectedIndex = 1;
  list.replace([high]);
  assert.equal(list.selectedIndex, 0);
  list.replace([low]);
  assert.equal(list.selectedIndex, -1);
});

test("enabling an audio track silences the others and asks the engine once", () => {
  const list = new AudioTrackList();
  const asked: string[] = [];
  list.onSelect = (id) => asked.push(id);
  const [english, german] = [
    new AudioTrack("0", "English", "en", list),
    new AudioTrack("1", "German", "de", list),
  ];
  list.replace([english, german]);
  list.markEnabled("0");
  for (const track of list) track.enabled = track.id === "1";
  assert.deepEqual([english.enabled, german.enabled, asked], [false, true, ["1"]]);
});

test("the same audio tracks again are no news", () => {
  const list = new AudioTrackList();
  let told = 0;
  list.addEventListener("addtrack", () => {
    told += 1;
  });
  for (const label of ["English", "English", "Englisch"])
    list.replace([new AudioTrack("0", label, "en", list)]);
  assert.equal(told, 2);
});
