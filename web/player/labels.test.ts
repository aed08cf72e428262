import assert from "node:assert/strict";
import { test } from "node:test";
import { trackLabels } from "./labels";

test("tracks are called by their language in the viewer's language", () => {
  const tracks = [
    { language: "en", name: "English" },
    { language: "deu", name: "Deutsch" },
    { language: "pl", name: "audio_3" },
  ];
  assert.deepEqual(trackLabels(tracks, ["en"]), ["English", "German", "Polish"]);
  assert.deepEqual(trackLabels(tracks, ["de"]), ["Englisch", "Deutsch", "Polnisch"]);
});

test("a name that says more than the language is kept", () => {
  assert.deepEqual(
    trackLabels(
      [
        { language: "en", name: "" },
        { language: "en", name: "Commentary" },
      ],
      ["en"],
    ),
    ["English", "English · Commentary"],
  );
});

test("tracks of unknown language go by name, or else by number", () => {
  const tracks = [
    { language: "und", name: "Original" },
    { language: "", name: "" },
    { language: "und", name: "SoundHandler" },
  ];
  assert.deepEqual(trackLabels(tracks, ["en"]), ["Original", "Track 2", "Track 3"]);
});

test("no two entries read the same", () => {
  const twice = [
    { language: "fr", name: "" },
    { language: "fr", name: "French" },
  ];
  assert.deepEqual(trackLabels(twice, ["en"]), ["French", "French · 2"]);
});

test("a malformed language tag does no harm", () => {
  assert.deepEqual(trackLabels([{ language: "e!", name: "" }], ["en"]), ["e!"]);
});
