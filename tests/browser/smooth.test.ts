import assert from "node:assert/strict";
import { Player } from "./harness/player";
import { address, test } from "./harness/session";
import { loadByShaka, SHAKA_SMOOTH, trialPage } from "./harness/trial";
import { world } from "./harness/world";

test("a film plays by Smooth Streaming, with picture and sound", async (t) => {
  const asset = await world.asset("moving-picture.mp4");
  const manifest = await address(`/play/${asset}/smooth.ism/Manifest`);
  const { watch } = await trialPage(t, SHAKA_SMOOTH);
  const { page } = watch;
  const heights = await loadByShaka(watch, manifest);
  assert.ok(heights.length > 0);
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
