import assert from "node:assert/strict";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { world } from "./harness/world";

const UNKNOWN = "0192f0c1-7a4e-7cc3-9d52-1f0a3c5b7e11";

for (const format of ["hls", "dash"] as const) {
  test(`a video that does not exist is said not to exist (${format})`, async (t) => {
    const watch = await openPage(t);
    await watch.page.goto(await address(`/embed/${UNKNOWN}?format=${format}`));
    const panel = watch.page.getByRole("alert");
    await panel.getByText("This video does not exist").waitFor();
    assert.equal(await panel.getByRole("button").isVisible(), false);
    watch.assertClean([/\b404\b/]);
  });
}

test("a video that is being prepared starts by itself when it is ready", async (t) => {
  const watch = await openPage(t);
  const { page } = watch;
  let refusals = 0;
  await page.route("**/master.m3u8", (route) => {
    refusals += 1;
    return refusals <= 2
      ? route.fulfill({
          status: 425,
          headers: { "Retry-After": "1" },
          body: "",
        })
      : route.fallback();
  });
  await page.goto(
    await address(
      `/embed/${await world.asset("moving-picture.mp4")}?autoplay&muted`,
    ),
  );
  await page.getByText("This video is still being prepared").waitFor();
  const player = new Player(page);
  await player.reaches(0.3);
  assert.equal(await page.getByRole("alert").isVisible(), false);
  watch.assertClean([/\b425\b/]);
});

test("an unreachable video can be tried again", async (t) => {
  const watch = await openPage(t);
  const { page } = watch;
  let broken = true;
  await page.route("**/master.m3u8", (route) =>
    broken ? route.fulfill({ status: 503, body: "" }) : route.fallback(),
  );
  await page.goto(
    await address(`/embed/${await world.asset("moving-picture.mp4")}`),
  );
  await page.getByText("This video cannot be reached").waitFor();
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await new Player(page).reaches(0.3);
  assert.equal(await page.getByRole("alert").isVisible(), false);
  watch.assertClean([/\b503\b/]);
});

test("a connection that breaks for a moment is overcome", async (t) => {
  const watch = await openPage(t);
  const { page } = watch;
  const player = new Player(page);
  await page.goto(
    await address(`/embed/${await world.asset("moving-picture.mp4")}`),
  );
  await player.ready();
  let cuts = 0;
  await page.route("**/play/**", (route) => {
    cuts += 1;
    return cuts <= 3 ? route.abort("connectionreset") : route.fallback();
  });
  await player.seek(10.5);
  await player.play();
  await player.waitFor((video) => video.ended);
  assert.ok(cuts > 3);
  watch.assertClean([/ERR_CONNECTION_RESET/]);
});

test("media that cannot be decoded is said to be unplayable", async (t) => {
  const watch = await openPage(t);
  await watch.page.route("**/master.m3u8", (route) =>
    route.fulfill({
      contentType: "application/vnd.apple.mpegurl",
      body: "not a playlist",
    }),
  );
  await watch.page.goto(
    await address(`/embed/${await world.asset("moving-picture.mp4")}`),
  );
  await watch.page
    .getByRole("alert")
    .getByText("This video cannot be played")
    .waitFor();
});
