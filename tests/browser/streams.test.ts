import assert from "node:assert/strict";
import { RATE } from "./films";
import { Player } from "./harness/player";
import { assertSeamless } from "./harness/seamless";
import { address, test } from "./harness/session";
import { HLS_JS, loadByHlsJs, loadByShaka, trialPage } from "./harness/trial";
import { world } from "./harness/world";

test("hls.js shows every picture of transport streams in its turn", async (t) => {
  const asset = await world.asset("numbered.mp4");
  const { watch, recording } = await trialPage(t, HLS_JS);
  await loadByHlsJs(watch, await address(`/play/${asset}/hls-ts/master.m3u8`));
  const player = new Player(watch.page);
  await player.ready();
  await recording.begin();
  await player.play();
  await player.ends(60);
  const recorded = await recording.read();
  assertSeamless(recorded);
  assert.equal(recorded.pictures.at(-1)?.number, 24 * RATE - 1);
  watch.assertClean();
});

test("shaka-player plays transport streams, and seeks in them", async (t) => {
  const asset = await world.asset("moving-picture.mp4");
  const { watch } = await trialPage(t);
  const heights = await loadByShaka(
    watch,
    await address(`/play/${asset}/hls-ts/master.m3u8`),
  );
  assert.ok(heights.length > 0);
  const player = new Player(watch.page);
  await player.ready();
  await player.play();
  await player.reaches(1);
  const before = await player.picture();
  const { duration } = await player.state();
  await player.seek(duration - 2);
  await player.reaches(duration - 1.5);
  assert.notDeepEqual(await player.picture(), before);
  await player.ends(10);
  watch.assertClean();
});
