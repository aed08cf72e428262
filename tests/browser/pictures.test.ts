import assert from "node:assert/strict";
import path from "node:path";
import type { Page } from "playwright-core";
import { Player } from "./harness/player";
import { address, openFilm, openPage, test } from "./harness/session";
import { world } from "./harness/world";

/** Waits until the small picture at this address is shown over the time bar. */
async function previewed(page: Page, url: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const range = document.querySelector("media-time-range");
    const thumbnail = range?.shadowRoot?.querySelector(
      "media-preview-thumbnail",
    );
    const picture = thumbnail?.shadowRoot?.querySelector("img");
    const image = range?.getAttribute("mediapreviewimage");
    return image === wanted && Boolean(picture?.naturalWidth);
  }, url);
}

for (const format of ["hls", "dash"] as const) {
  test(`the poster is there before the film, and small pictures over the time bar (${format})`, async (t) => {
    const watch = await openPage(t);
    const { page } = watch;
    const asset = await world.asset("moving-picture.mp4");
    const poster = page.waitForResponse((response) =>
      response.url().endsWith(`/play/${asset}/poster`),
    );
    await page.goto(await address(`/embed/${asset}?format=${format}`));
    const answer = await poster;
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()["content-type"], "image/avif");
    const player = new Player(page);
    await player.ready();
    const size = await page.evaluate(async () => {
      const image = new Image();
      image.src = document.querySelector("video")?.poster ?? "";
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    assert.deepEqual(size, [640, 360]);
    // Twelve seconds in pictures one second apart, ten in a row.
    const bar = await page.locator("media-time-range").boundingBox();
    assert.ok(bar);
    const hover = (fraction: number) =>
      page.mouse.move(bar.x + bar.width * fraction, bar.y + bar.height / 2);
    await page.waitForFunction(
      () => document.querySelector("track")?.track.cues?.length === 12,
    );
    const sheet = await address(`/play/${asset}/v0-1/storyboard/0.jpg`);
    for (const [fraction, place] of [
      [0.29, "480,0,160,90"],
      [0.87, "0,90,160,90"],
    ] as const) {
      await hover(fraction);
      await previewed(page, `${sheet}#xywh=${place}`);
    }
    await player.play();
    await player.reaches(0.5);
    watch.assertClean();
  });
}

test("of sound no picture is asked for", async (t) => {
  const watch = await openPage(t);
  const asked: string[] = [];
  watch.page.on("request", (request) => asked.push(request.url()));
  await watch.page.goto(
    await address(`/embed/${await world.asset("sound-only.mp4")}`),
  );
  const player = new Player(watch.page);
  await player.ready();
  await player.play();
  await player.reaches(0.5);
  const pictures = asked.filter((url) => /poster|storyboard/.test(url));
  assert.deepEqual(pictures, []);
  watch.assertClean();
});

test("who begins at once sees no poster", async (t) => {
  const { watch, player } = await openFilm(
    t,
    "moving-picture.mp4",
    "?autoplay=1&muted=1",
  );
  await player.reaches(0.5);
  assert.equal(
    await player
      .locator("video")
      .evaluate((video) => video.hasAttribute("poster")),
    false,
  );
  watch.assertClean();
});

/** As shaka-player tells of a small picture, as far as it matters. */
type Thumbnail = {
  readonly uris: readonly string[];
  readonly positionX: number;
  readonly positionY: number;
  readonly width: number;
  readonly height: number;
};

/** As much of shaka-player as is used here. */
type Shaka = {
  readonly Player: new () => {
    attach(video: HTMLVideoElement): Promise<void>;
    load(manifest: string): Promise<void>;
    getImageTracks(): readonly { readonly id: number }[];
    getThumbnails(track: number, time: number): Promise<Thumbnail | null>;
    destroy(): Promise<void>;
  };
};

for (const manifest of ["dash/manifest.mpd", "hls/master.m3u8"]) {
  test(`other players find the small pictures in ${manifest}`, async (t) => {
    const watch = await openPage(t);
    const { page } = watch;
    // Any page of the server that runs scripts of others.
    await page.goto(await address("/livez"));
    const script = path.resolve(
      "node_modules/shaka-player/dist/shaka-player.compiled.js",
    );
    await page.addScriptTag({ path: script });
    const asset = await world.asset("moving-picture.mp4");
    const url = await address(`/play/${asset}/${manifest}`);
    const found = await page.evaluate(async (from) => {
      const { shaka } = window as unknown as { shaka: Shaka };
      const player = new shaka.Player();
      await player.attach(
        document.body.appendChild(document.createElement("video")),
      );
      await player.load(from);
      const [track] = player.getImageTracks();
      const thumbnail = track && (await player.getThumbnails(track.id, 11.5));
      const told = thumbnail && {
        uris: thumbnail.uris,
        positionX: thumbnail.positionX,
        positionY: thumbnail.positionY,
        width: thumbnail.width,
        height: thumbnail.height,
      };
      await player.destroy();
      return told;
    }, url);
    const { uris, ...place } = found as Thumbnail;
    assert.deepEqual(uris, [
      await address(`/play/${asset}/v0-1/storyboard/0.jpg`),
    ]);
    assert.deepEqual(place, {
      positionX: 160,
      positionY: 90,
      width: 160,
      height: 90,
    });
    watch.assertClean();
  });
}
