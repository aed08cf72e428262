import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { Player } from "./harness/player";
import { address, openFilm, openPage, test } from "./harness/session";
import { world } from "./harness/world";

for (const format of ["hls", "dash"] as const) {
  test(`the picture moves and time goes on (${format})`, async (t) => {
    const { watch, player } = await openFilm(
      t,
      "moving-picture.mp4",
      `?format=${format}`,
    );
    await player.play();
    await player.reaches(0.2);
    const before = await player.picture();
    await player.reaches(1.5);
    assert.notDeepEqual(await player.picture(), before);
    const state = await player.state();
    assert.equal(state.videoWidth, 640);
    assert.ok(
      Math.abs(state.duration - 12) < 0.2,
      `duration is ${state.duration}`,
    );
    assert.equal(state.error, null);
    watch.assertClean();
  });

  test(`seeking forward and backward plays on from there (${format})`, async (t) => {
    const { watch, player } = await openFilm(
      t,
      "moving-picture.mp4",
      `?format=${format}`,
    );
    await player.play();
    for (const position of [9.3, 3.1, 6, 0]) {
      await player.seek(position);
      await player.reaches(position + 0.4);
      assert.ok((await player.state()).currentTime < position + 2.5);
    }
    watch.assertClean();
  });

  test(`a film plays to its end (${format})`, async (t) => {
    const { watch, player } = await openFilm(
      t,
      "moving-picture.mp4",
      `?format=${format}&t=10`,
    );
    assert.ok(Math.abs((await player.state()).currentTime - 10) < 0.1);
    await player.play();
    await player.waitFor((video) => video.ended);
    const { currentTime, duration } = await player.state();
    assert.ok(
      Math.abs(currentTime - duration) < 0.1,
      `ended at ${currentTime} of ${duration}`,
    );
    watch.assertClean();
  });
}

test("a film is one file as well, in which a browser seeks", async (t) => {
  const watch = await openPage(t);
  const asset = await world.asset("two-languages.mp4");
  await watch.page.goto(await address(`/play/${asset}/video.mp4`));
  const player = new Player(watch.page);
  await player.ready();
  await player.play();
  for (const position of [9.3, 3.1, 0]) {
    await player.seek(position);
    await player.reaches(position + 0.4);
    assert.ok((await player.state()).currentTime < position + 2.5);
  }
  const before = await player.picture();
  await player.reaches(1.5);
  assert.notDeepEqual(await player.picture(), before);
  await watch.page.goto(
    await address(`/play/${asset}/video.mp4?start=3.3&end=5`),
  );
  await player.ready();
  const { duration } = await player.state();
  assert.ok(Math.abs(duration - 1.7) < 0.05, `the clip lasts ${duration} s`);
  await player.play();
  await player.waitFor((video) => video.ended);
  watch.assertClean([/favicon/]);
});

test("DASH is loaded only when it is asked for", async (t) => {
  const scripts = async (query: string) => {
    const watch = await openPage(t);
    const loaded: string[] = [];
    watch.page.on("response", (response) => {
      if (response.url().endsWith(".js")) loaded.push(response.url());
    });
    await watch.page.goto(
      await address(
        `/embed/${await world.asset("moving-picture.mp4")}${query}`,
      ),
    );
    await new Player(watch.page).ready();
    return loaded;
  };
  const usual = await scripts("");
  const extra = (await scripts("?format=dash")).filter(
    (script) => !usual.includes(script),
  );
  assert.ok(
    extra.length > 0,
    "a page that asks for DASH loads scripts that others do not",
  );
});

test("sound without a picture plays in a layout of its own", async (t) => {
  const { watch, player } = await openFilm(t, "sound-only.mp4", "?t=1");
  await player.play();
  await player.sounds(440);
  await player.reaches(2);
  assert.equal((await player.state()).videoWidth, 0);
  assert.equal(
    await player.locator("#stage").getAttribute("data-kind"),
    "audio",
  );
  assert.equal(
    await player.locator("media-fullscreen-button").isVisible(),
    false,
  );
  assert.equal(
    await player
      .locator("media-control-bar.buttons media-play-button")
      .isVisible(),
    true,
  );
  watch.assertClean();
});

test("a picture without sound plays", async (t) => {
  const { watch, player } = await openFilm(t, "picture-only.mp4");
  await player.play();
  await player.reaches(1.5);
  assert.equal((await player.state()).videoWidth, 640);
  watch.assertClean();
});

test("the query sets the player up", async (t) => {
  const query = "?autoplay&muted&loop&t=11&color=3366ff&controls=0";
  const { watch, player } = await openFilm(t, "moving-picture.mp4", query);
  // Beyond the end a looping film begins anew.
  await player.waitFor(
    (video) => video.currentTime > 0.2 && video.currentTime < 5,
  );
  const state = await player.state();
  assert.deepEqual(
    [state.paused, state.muted, state.loop],
    [false, true, true],
  );
  const accent = await player
    .locator("#stage")
    .evaluate((stage) => getComputedStyle(stage).getPropertyValue("--accent"));
  assert.equal(accent, "#3366ff");
  assert.equal(await player.locator(".bars").isVisible(), false);
  watch.assertClean();
});

for (const preset of [
  "mp4",
  "mp4_720p",
  "mp4_1080p",
  "dash_hls_720p",
  "dash_hls_1080p",
  "dash_hls_2160p",
  "audio_m4a",
  "audio_mp3",
]) {
  test(`what the preset ${preset} makes plays to its end`, async (t) => {
    const asset = await world.asset("moving-picture.mp4", preset);
    await (await world.api()).completes(asset);
    const watch = await openPage(t);
    await watch.page.goto(await address(`/embed/${asset}`));
    const player = new Player(watch.page);
    await player.ready();
    await player.play();
    await player.sounds(440);
    await player.ends(40);
    const { currentTime, duration, videoWidth } = await player.state();
    assert.equal(videoWidth > 0, !preset.startsWith("audio_"));
    assert.ok(Math.abs(duration - 12) < 0.2, `duration is ${duration}`);
    assert.ok(
      Math.abs(currentTime - duration) < 0.1,
      `ended at ${currentTime}`,
    );
    watch.assertClean();
  });
}

const extra = process.env.KINORA_EXTRA_MEDIA;
const extraFilms = extra
  ? (await readdir(extra))
      .filter((file) => /\.(mp4|flv|webm)$/.test(file))
      .sort()
  : [];
for (const file of extraFilms) {
  test(`${file} becomes a ladder that plays to its end`, async (t) => {
    const film = path.join(extra ?? "", file);
    const asset = await world.assetOf(film, "dash_hls_1080p");
    const api = await world.api();
    await api.completes(asset);
    const heights = await api.qualities(asset);
    // The smallest rung has 360 lines, at most four fifths of the next one.
    assert.equal(
      heights.length > 1,
      Math.max(...heights) >= 450,
      `offered in ${heights.join()} lines`,
    );
    const watch = await openPage(t);
    await watch.page.goto(await address(`/embed/${asset}`));
    const player = new Player(watch.page);
    await player.ready();
    await player.play();
    await player.reaches(0.5);
    const { duration, videoWidth } = await player.state();
    assert.ok(videoWidth > 0);
    await player.seek(duration / 2);
    await player.reaches(duration / 2 + 0.3);
    await player.ends(60);
    // Sound may be a little longer than the picture: the player knows when it has all of both.
    const end = await player.state();
    assert.ok(
      Math.abs(end.currentTime - end.duration) < 0.1 &&
        Math.abs(end.duration - duration) < 0.5,
      `ended at ${end.currentTime} of ${end.duration}, at first ${duration}`,
    );
    watch.assertClean();
  });
}
