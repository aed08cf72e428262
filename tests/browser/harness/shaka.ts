import path from "node:path";
import type { TestContext } from "node:test";
import { address, openPage } from "./session";
import type { Watch } from "./watch";

/** The release of shaka-player that is current. */
export const CURRENT = ["shaka-player/dist/shaka-player.compiled.js"];

/** The last release that plays Smooth Streaming, and what it reads boxes with. */
export const SMOOTH = [
  "codem-isoboxer/dist/iso_boxer.js",
  "shaka-player-smooth/dist/shaka-player.compiled.js",
];

/** What a page has of it. */
type Loaded = {
  shaka: {
    Player: new () => {
      attach(video: HTMLVideoElement): Promise<void>;
      load(url: string): Promise<void>;
      getVariantTracks(): { height: number | null }[];
    };
  };
};

/** An empty page on the server's origin with shaka-player in it. */
export async function shakaPage(
  t: TestContext,
  scripts = CURRENT,
): Promise<Watch> {
  const watch = await openPage(t);
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
  return watch;
}

/** Loads a manifest into the page's video; gives the heights of what it offers. */
export function load(
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
