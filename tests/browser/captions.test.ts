import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { until } from "./harness/until";
import { world } from "./harness/world";

const ENGLISH = `1
00:00:00,500 --> 00:00:03,000
Good morning

2
00:00:07,000 --> 00:00:09,500
The <i>harbor</i> at night
`;
const GERMAN = `WEBVTT

00:00.500 --> 00:03.000
Guten Morgen

00:07.000 --> 00:09.500
Der Hafen bei Nacht
`;

/** An asset with captions in two languages. */
async function captioned(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "kinora-captions-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const files = [
    ["en", "words.srt", ENGLISH],
    ["de", "words.vtt", GERMAN],
  ] as const;
  const captions = [];
  for (const [language, name, text] of files) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    captions.push({ language, file });
  }
  const api = await world.api();
  const id = await api.create(
    await world.film("moving-picture.mp4"),
    "mp4",
    captions,
  );
  await api.plays(id);
  return id;
}

/** Waits until exactly these words are shown; what was shown instead is in the error. */
async function shows(player: Player, words: string[]): Promise<void> {
  const shown = () =>
    player.locator("video").evaluate((video: HTMLVideoElement) =>
      Array.from(video.textTracks)
        .filter((track) => track.mode === "showing")
        .flatMap((track) => Array.from(track.activeCues ?? []))
        .map((cue) => (cue as VTTCue).text.replace(/<[^>]*>/g, "")),
    );
  let now: string[] = [];
  await until(`${JSON.stringify(words)} is shown`, 10, async () => {
    now = await shown();
    return isDeepStrictEqual(now, words) || null;
  }).catch((cause: unknown) => {
    throw new Error(`shown are ${JSON.stringify(now)}`, { cause });
  });
}

for (const format of ["hls", "dash"] as const) {
  test(`captions are chosen in the menu and shown at their time (${format})`, async (t) => {
    const asset = await captioned(t);
    const watch = await openPage(t);
    await watch.page.goto(await address(`/embed/${asset}?format=${format}`));
    const player = new Player(watch.page);
    await player.ready();
    await player.locator("#settings-button").click();
    await player.locator("media-settings-menu-item.captions").click();
    const items = player.locator(
      "media-settings-menu-item.captions [role=menuitemradio]",
    );
    await items.first().waitFor();
    const names = (await items.allInnerTexts()).map((name) => name.trim());
    assert.equal(names.length, 3, names.join());
    assert.equal(names[0], "Off");
    await items
      .nth(names.findIndex((name) => /^(de|German)/.test(name)))
      .click();
    await player.play();
    for (const [position, expected] of [
      [1, "Guten Morgen"],
      [7.5, "Der Hafen bei Nacht"],
    ] as const) {
      await player.seek(position);
      await shows(player, [expected]);
    }
    await player.seek(4.5);
    await player.reaches(4.6);
    await shows(player, []);
    watch.assertClean();
  });
}
