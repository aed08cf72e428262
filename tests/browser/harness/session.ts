import { test as nodeTest, type TestContext } from "node:test";
import type { FilmName } from "../films";
import { Player } from "./player";
import { Recording } from "./recording";
import { Watch } from "./watch";
import { world } from "./world";

/** No test takes this long, unless a page hangs so badly that it does not even answer. */
const LONGEST_TEST_MS = 300_000;

/** A test with an end: the other waits of a test have limits of their own, those for a hung page have not. */
export function test(
  name: string,
  run: (t: TestContext) => Promise<void>,
): void {
  nodeTest(name, { timeout: LONGEST_TEST_MS }, run);
}

/** A watched page of its own, closed after the test. */
export async function openPage(
  t: TestContext,
  ...otherOrigins: readonly string[]
): Promise<Watch> {
  const [browser, { origin }] = [await world.browser(), await world.server()];
  const context = await browser.newContext({
    viewport: { width: 960, height: 540 },
    locale: "en-US",
    // That of the server under test, which it signed itself.
    ignoreHTTPSErrors: true,
  });
  t.after(() => context.close());
  return Watch.open(context, [origin, ...otherOrigins]);
}

/** The address of a path on the server. */
export async function address(path: string): Promise<string> {
  return (await world.server()).origin + path;
}

/** Opens the player on a film and waits until it is ready to play. */
export async function openFilm(
  t: TestContext,
  film: FilmName,
  query = "",
): Promise<{ watch: Watch; player: Player }> {
  const watch = await openPage(t);
  await watch.page.goto(
    await address(`/embed/${await world.asset(film)}${query}`),
  );
  const player = new Player(watch.page);
  await player.ready();
  return { watch, player };
}

/** Opens the player on an asset, records what it shows, and waits until it is ready to play. */
export async function openRecorded(
  t: TestContext,
  asset: string,
  query = "",
): Promise<{ watch: Watch; player: Player; recording: Recording }> {
  const watch = await openPage(t);
  const recording = await Recording.prepare(watch.page);
  await watch.page.goto(await address(`/embed/${asset}${query}`));
  const player = new Player(watch.page);
  await player.ready();
  await recording.begin();
  return { watch, player, recording };
}
