import assert from "node:assert/strict";
import { RATE } from "./films";
import { assertNumbered } from "./harness/seamless";
import { openRecorded, test } from "./harness/session";
import { until } from "./harness/until";
import { world } from "./harness/world";

const SECONDS = 30;

for (const film of ["numbered-vp8.webm", "numbered-mpeg2.ts"] as const) {
  for (const format of ["hls", "dash"] as const) {
    test(`${film} plays while it is processed (${format})`, async (t) => {
      const api = await world.api();
      const asset = await api.create(await world.film(film), "dash_hls_1080p");
      const began = await until("the first segments are there", 30, async () =>
        api.listed(asset),
      );
      assert.ok(began.growing, "the viewer comes before all is there");
      assert.ok(
        began.seconds < SECONDS - 2,
        `${began.seconds} s were there at once`,
      );
      const { watch, player, recording } = await openRecorded(
        t,
        asset,
        `?format=${format}`,
      );
      assert.ok(
        (await player.state()).currentTime < 0.1,
        "it starts at the beginning",
      );
      await player.play();
      await player.reaches(began.seconds + 1);
      await player.ends(60);
      const { pictures } = await recording.read();
      assertNumbered(pictures);
      assert.equal(pictures.at(-1)?.number, SECONDS * RATE - 1);
      const { currentTime, duration, error } = await player.state();
      assert.ok(
        Math.abs(duration - SECONDS) < 0.1,
        `the duration is ${duration}`,
      );
      assert.ok(
        Math.abs(currentTime - duration) < 0.1,
        `ended at ${currentTime}`,
      );
      assert.equal(error, null);
      watch.assertClean();
    });
  }
}
