import assert from "node:assert/strict";
import { RATE } from "./films";
import { assertSeamless, heightsInTurn } from "./harness/seamless";
import { openRecorded, test } from "./harness/session";
import { world } from "./harness/world";

const LADDER = "dash_hls_1080p";

for (const format of ["hls", "dash"] as const) {
  test(`the original and its rungs follow each other without a seam (${format})`, async (t) => {
    const asset = await world.asset("numbered.mp4", LADDER);
    await (await world.api()).offers(asset, [720, 480, 360]);
    const { watch, player, recording } = await openRecorded(
      t,
      asset,
      `?format=${format}`,
    );
    await player.choose(720);
    await player.play();
    const turns = [360, 720, 480, 360, 480, 720, 360, 480, 720, 360];
    for (const [turn, height] of turns.entries()) {
      await player.reaches(2 * (turn + 1));
      await player.choose(height);
    }
    await player.ends(60);
    const recorded = await recording.read();
    const shown = heightsInTurn(recorded.pictures);
    t.diagnostic(
      `${shown.join(", ")}; ${recorded.dropped} of ${recorded.total} pictures dropped`,
    );
    assertSeamless(recorded);
    assert.deepEqual(recorded.buffered, [1, 1]);
    assert.deepEqual([...new Set(shown)].sort(), [360, 480, 720]);
    assert.ok(
      shown.length >= 4,
      `the quality changed only to ${shown.join(", ")}`,
    );
    assert.equal(recorded.pictures.at(-1)?.number, 24 * RATE - 1);
    const { currentTime, duration } = await player.state();
    assert.ok(Math.abs(duration - 24) < 0.05, `the duration is ${duration}`);
    assert.ok(
      Math.abs(currentTime - duration) < 0.1,
      `ended at ${currentTime}`,
    );
    watch.assertClean();
  });
}

test("an original that cannot be a rung plays alone, and to its end when the ladder takes its place", async (t) => {
  const api = await world.api();
  const asset = await world.asset("numbered-long-groups.mp4", LADDER);
  const { watch, player, recording } = await openRecorded(t, asset);
  assert.deepEqual(
    await api.qualities(asset),
    [720],
    "nothing else is there when the viewer begins",
  );
  await player.play();
  await player.ends(60);
  const recorded = await recording.read();
  assertSeamless(recorded);
  assert.deepEqual(heightsInTurn(recorded.pictures), [720]);
  assert.equal(recorded.pictures.at(-1)?.number, 30 * RATE - 1);
  watch.assertClean();

  await api.offers(asset, [720, 480, 360]);
  const later = await openRecorded(t, asset);
  await later.player.choose(480);
  await later.player.play();
  await later.player.reaches(10);
  await later.player.choose(720);
  await later.player.ends(60);
  const ladder = await later.recording.read();
  assertSeamless(ladder);
  assert.deepEqual(
    [...new Set(heightsInTurn(ladder.pictures))].sort(),
    [480, 720],
  );
  later.watch.assertClean();
});
