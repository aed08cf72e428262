import assert from "node:assert/strict";
import path from "node:path";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { world } from "./harness/world";

/** The last release of shaka-player that plays Smooth Streaming, and what it reads boxes with. */
const SCRIPTS = [
  "codem-isoboxer/dist/iso_boxer.js",
  "shaka-player-smooth/dist/shaka-player.compiled.js",
];

/** What the page has of shaka-player. */
type Trial = {
  shaka: {
    Player: new () => {
      attach(video: HTMLVideoElement): Promise<void>;
      load(url: string): Promise<void>;
      getVariantTracks(): { height: number; language: string }[];
    };
  };
};

test("a film plays by Smooth Streaming, with picture and sound", async (t) => {
  const asset = await world.asset("moving-picture.mp4");
  const manifest = await address(`/play/${asset}/smooth.ism/Manifest`);
  const watch = await openPage(t);
  const { page } = watch;
  const trial = await address("/trial");
  await page.route(trial, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: '<!doctype html><link rel="icon" href="data:,"><video></video>',
    }),
  );
  await page.goto(trial);
  for (const script of SCRIPTS)
    await page.addScriptTag({ path: path.resolve("node_modules", script) });
  const tracks = await page.evaluate(async (url) => {
    const { Player } = (window as unknown as Trial).shaka;
    const video = document.querySelector("video");
    if (!video) throw new Error("no video element");
    const player = new Player();
    await player.attach(video);
    await player.load(url);
    return player.getVariantTracks().map(({ height }) => height);
  }, manifest);
  assert.ok(tracks.length > 0);
  const player = new Player(page);
  await player.ready();
  await player.play();
  await player.reaches(1);
  const { videoWidth, duration } = await player.state();
  assert.ok(videoWidth > 0);
  const before = await player.picture();
  await player.seek(duration - 2);
  await player.reaches(duration - 1.5);
  assert.notDeepEqual(await player.picture(), before);
  const decoded = await page.evaluate(() => {
    const video = document.querySelector("video") as HTMLVideoElement & {
      webkitAudioDecodedByteCount: number;
    };
    return video.webkitAudioDecodedByteCount;
  });
  assert.ok(decoded > 0, "sound was decoded");
  await player.ends(10);
  watch.assertClean();
});
