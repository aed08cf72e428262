import path from "node:path";
import type { TestContext } from "node:test";
import { Recording } from "./recording";
import { address, openPage } from "./session";
import type { Watch } from "./watch";

/** The release of shaka-player that is current. */
export const SHAKA = ["shaka-player/dist/shaka-player.compiled.js"];

/** The last release that plays Smooth Streaming, and what it reads boxes with. */
export const SHAKA_SMOOTH = [
  "codem-isoboxer/dist/iso_boxer.js",
  "shaka-player-smooth/dist/shaka-player.compiled.js",
];

export const HLS_JS = ["hls.js/dist/hls.min.js"];

/** What a page has of them. */
type Loaded = {
  shaka: {
    Player: new () => {
      attach(video: HTMLVideoElement): Promise<void>;
      load(url: string): Promise<void>;
      getVariantTracks(): { height: number | null }[];
    };
  };
  Hls: new () => {
    attachMedia(video: HTMLVideoElement): void;
    loadSource(url: string): void;
  };
};

/** An empty page on the server's origin with a video and somebody else's player in it, ready to be recorded. */
export async function trialPage(
  t: TestContext,
  scripts = SHAKA,
): Promise<{ watch: Watch; recording: Recording }> {
  const watch = await openPage(t);
  const recording = await Recording.prepare(watch.page);
  const trial = await address("/trial");
  await watch.page.route(trial, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: '<!doctype html><link rel="icon" href="data:,"><video></video>',
    }),
  );
  await watch.page.goto(trial);
  for (const script of scripts)
    await watch.page.addScriptTag({
      path: path.resolve("node_modules", script),
    });
  return { watch, recording };
}

/** Loads a manifest by shaka-player; gives the heights of what it offers. */
export function loadByShaka(
  { page }: Watch,
  manifest: string,
): Promise<(number | null)[]> {
  return page.evaluate(async (url) => {
    const { Player } = (window as unknown as Loaded).shaka;
    const video = document.querySelector("video");
    if (!video) throw new Error("no video element");
    const player = new Player();
    await player.attach(video);
    await player.load(url);
    return player.getVariantTracks().map(({ height }) => height);
  }, manifest);
}

/** Loads a playlist by hls.js. */
export function loadByHlsJs({ page }: Watch, playlist: string): Promise<void> {
  return page.evaluate((url) => {
    const { Hls } = window as unknown as Loaded;
    const video = document.querySelector("video");
    if (!video) throw new Error("no video element");
    const player = new Hls();
    player.loadSource(url);
    player.attachMedia(video);
  }, playlist);
}
