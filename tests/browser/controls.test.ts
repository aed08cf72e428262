import assert from "node:assert/strict";
import { PITCH } from "./films";
import type { Player } from "./harness/player";
import { openFilm, test } from "./harness/session";

test("keys play, seek, and set sound and speed", async (t) => {
  const { watch, player } = await openFilm(t, "moving-picture.mp4");
  const { keyboard } = watch.page;
  await keyboard.press("Space");
  await player.waitFor((video) => !video.paused);
  await keyboard.press("k");
  await player.waitFor((video) => video.paused);
  await keyboard.press("5");
  await player.waitFor(
    (video) => Math.abs(video.currentTime - video.duration / 2) < 0.05,
  );
  for (const [key, condition] of [
    ["0", (video: HTMLVideoElement) => video.currentTime === 0],
    [
      "ArrowRight",
      (video: HTMLVideoElement) => Math.abs(video.currentTime - 5) < 0.05,
    ],
    ["ArrowLeft", (video: HTMLVideoElement) => video.currentTime < 0.05],
    ["l", (video: HTMLVideoElement) => Math.abs(video.currentTime - 10) < 0.05],
    ["j", (video: HTMLVideoElement) => video.currentTime < 0.05],
    [
      "ArrowDown",
      (video: HTMLVideoElement) => Math.abs(video.volume - 0.95) < 0.01,
    ],
    ["ArrowUp", (video: HTMLVideoElement) => video.volume === 1],
    ["m", (video: HTMLVideoElement) => video.muted],
    ["m", (video: HTMLVideoElement) => !video.muted],
    [">", (video: HTMLVideoElement) => video.playbackRate === 1.25],
    ["<", (video: HTMLVideoElement) => video.playbackRate === 1],
  ] as const) {
    await keyboard.press(key);
    await player.waitFor(condition);
  }
  await keyboard.press("f");
  await watch.page.waitForFunction(
    () => document.fullscreenElement?.id === "stage",
  );
  await keyboard.press("f");
  await watch.page.waitForFunction(() => document.fullscreenElement === null);
  watch.assertClean();
});

test("the focused control keeps its own keys", async (t) => {
  const { watch, player } = await openFilm(t, "moving-picture.mp4");
  await player.locator("media-mute-button").focus();
  await watch.page.keyboard.press("Space");
  await player.waitFor((video) => video.muted);
  assert.equal((await player.state()).paused, true);
  watch.assertClean();
});

test("a click on the picture plays and pauses", async (t) => {
  const { watch, player } = await openFilm(t, "moving-picture.mp4");
  await player.locator("media-play-button.start").click();
  await player.waitFor((video) => !video.paused && video.currentTime > 0.1);
  await watch.page.mouse.click(480, 120);
  await player.waitFor((video) => video.paused);
  watch.assertClean();
});

test("every control has a name", async (t) => {
  const { watch, player } = await openFilm(t, "two-languages.mp4");
  const buttons = player.locator(".buttons [role=button]");
  const names = await buttons.evaluateAll((all) =>
    all.map((button) => button.getAttribute("aria-label")?.trim()),
  );
  assert.ok(names.length >= 5 && names.every(Boolean), names.join());
  for (const name of ["seek", "volume"]) {
    await watch.page
      .getByRole("slider", { name, includeHidden: true })
      .waitFor({ state: "attached" });
  }
  await watch.page.getByRole("button", { name: "play" }).first().waitFor();
  watch.assertClean();
});

for (const format of ["hls", "dash"] as const) {
  test(`the audio menu lists both languages and switches between them (${format})`, async (t) => {
    const { watch, player } = await openFilm(
      t,
      "two-languages.mp4",
      `?format=${format}`,
    );
    await player.play();
    await player.sounds(PITCH.english);
    const items = await openMenu(player, "audio");
    assert.deepEqual(await items.allInnerTexts(), ["English", "German"]);
    assert.deepEqual(await checked(items), ["true", "false"]);
    await items.nth(1).click();
    await player.sounds(PITCH.german);
    assert.deepEqual(await checked(items), ["false", "true"]);
    assert.equal((await player.state()).paused, false);
    watch.assertClean();
  });
}

test("the quality menu offers automatic and every level", async (t) => {
  const { watch, player } = await openFilm(t, "moving-picture.mp4");
  await player.play();
  const items = await openMenu(player, "quality");
  const texts = await items.allInnerTexts();
  assert.ok(texts.includes("360p"), texts.join());
  assert.ok(
    texts.some((text) => text.startsWith("Auto")),
    texts.join(),
  );
  await items.nth(0).click();
  await player
    .locator(
      'media-rendition-menu [role=menuitemradio][aria-checked=true]:has-text("360p")',
    )
    .waitFor({ state: "attached" });
  const { currentTime } = await player.state();
  await player.seek(currentTime > 6 ? 2 : 8);
  await player.waitFor((video) => !video.seeking && !video.paused);
  watch.assertClean();
});

test("a film with one sound has no audio menu, and without captions no captions menu", async (t) => {
  const { watch, player } = await openFilm(t, "moving-picture.mp4");
  await player.locator("#settings-button").click();
  await player.locator("media-settings-menu-item.quality").waitFor();
  assert.equal(
    await player.locator("media-settings-menu-item.audio").isVisible(),
    false,
  );
  assert.equal(
    await player.locator("media-settings-menu-item.captions").isVisible(),
    false,
  );
  assert.equal(
    await player.locator("media-captions-button").isVisible(),
    false,
  );
  watch.assertClean();
});

async function openMenu(player: Player, name: "audio" | "quality") {
  await player.locator("#settings-button").click();
  await player.locator(`media-settings-menu-item.${name}`).click();
  const items = player.locator(
    `media-settings-menu-item.${name} [role=menuitemradio]`,
  );
  await items.first().waitFor();
  return items;
}

function checked(
  items: ReturnType<Player["locator"]>,
): Promise<(string | null)[]> {
  return items.evaluateAll((all) =>
    all.map((item) => item.getAttribute("aria-checked")),
  );
}
