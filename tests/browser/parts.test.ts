import assert from "node:assert/strict";
import { RATE } from "./films";
import { assertSeamless } from "./harness/seamless";
import { openRecorded, test } from "./harness/session";
import { world } from "./harness/world";

/** Ends of a part, in seconds: both in the middle of a segment. */
const START = 7;
const END = 15;
/** Segments aim at so many seconds, and a part has those in which it is shown. */
const SEGMENT = 6;

for (const format of ["hls", "dash"] as const) {
  test(`a part plays from the segment of its start to that of its end (${format})`, async (t) => {
    const asset = await world.asset("numbered.mp4");
    const query = `?format=${format}&start=${START}&end=${END}`;
    const { watch, player, recording } = await openRecorded(t, asset, query);
    await player.play();
    await player.ends(60);
    const recorded = await recording.read();
    // Sound that began later than the picture would be a gap, which players seek over, and load all again.
    assert.deepEqual(recorded.removed, []);
    const [first] = recorded.pictures;
    const last = recorded.pictures.at(-1);
    assert.ok(first && last);
    // The picture that is shown before anybody plays is the first of all.
    const [from, until] = [first.number / RATE, (last.number + 1) / RATE];
    assert.ok(from <= START && from > START - SEGMENT, `begins at ${from}`);
    assert.ok(until >= END && until < END + SEGMENT, `ends at ${until}`);
    const { duration } = await player.state();
    assert.ok(
      Math.abs(duration - (until - from)) < 0.2,
      `duration is ${duration}`,
    );
    // Players count from where the part begins.
    const lead = from - first.time;
    const pictures = recorded.pictures.map((picture) => ({
      ...picture,
      time: picture.time + lead,
    }));
    assertSeamless({ ...recorded, pictures });
    watch.assertClean();
  });
}
