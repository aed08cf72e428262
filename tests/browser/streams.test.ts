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
  // Its zero is where the sound begins, with what its encoder put in front.
  const [first] = recorded.pictures;
  assert.ok(first);
  const lead = first.time - first.number / RATE;
  assert.ok(lead >= 0 && lead < 0.05, `pictures begin at ${lead} s`);
  const pictures = recorded.pictures.map((picture) => ({
    ...picture,
    time: picture.time - lead,
  }));
  assertSeamless({ ...recorded, pictures });
  assert.equal(recorded.pictures.at(-1)?.number, 24 * RATE - 1);
  watch.assertClean();
});

for (const [manifest, what] of [
  ["hls-ts/master.m3u8", "transport streams"],
  ["dash/on-demand.mpd", "tracks in one file each"],
] as const) {
  test(`shaka-player plays ${what}, and seeks in them`, async (t) => {
    const asset = await world.asset("moving-picture.mp4");
    const { watch } = await trialPage(t);
    const heights = await loadByShaka(
      watch,
      await address(`/play/${asset}/${manifest}`),
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
}
