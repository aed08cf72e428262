import assert from "node:assert/strict";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { world } from "./harness/world";

type OpenApi = {
  readonly paths: Record<string, Record<string, { readonly summary?: string }>>;
};

test("the API page shows every operation and asks no other server for anything", async (t) => {
  const document = (await (
    await fetch(await address("/openapi/videokit.json"))
  ).json()) as OpenApi;
  const operations = Object.values(document.paths).flatMap((path) =>
    Object.values(path),
  );
  assert.ok(operations.length > 0);
  const watch = await openPage(t);
  // Wide enough for the list of operations beside the text.
  await watch.page.setViewportSize({ width: 1280, height: 800 });
  await watch.page.goto(await address("/docs/"));
  for (const { summary } of operations) {
    if (summary) await watch.page.getByText(summary).first().waitFor();
  }
  for (const path of Object.keys(document.paths)) {
    await watch.page
      .getByText(path, { exact: false })
      .first()
      .waitFor({ state: "attached" });
  }
  watch.assertClean();
});

test("the start page opens a player by the id of an asset", async (t) => {
  const watch = await openPage(t);
  const { page } = watch;
  await page.goto(await address("/"));
  const asset = await world.asset("moving-picture.mp4");
  await page.getByLabel("Watch a video").fill("not an id");
  await page.getByRole("button", { name: "Open player" }).click();
  await page
    .getByRole("status")
    .getByText("Enter the id of an asset")
    .waitFor();
  await page.getByLabel("Watch a video").fill(` ${asset} `);
  await page.getByRole("button", { name: "Open player" }).click();
  await page.waitForURL(`**/embed/${asset}`);
  await new Player(page).ready();
  watch.assertClean();
});

test("the start page leads to the API page", async (t) => {
  const watch = await openPage(t);
  await watch.page.goto(await address("/"));
  await watch.page
    .getByRole("link", { name: "Browse the API" })
    .first()
    .click();
  await watch.page.waitForURL("**/docs/**");
  watch.assertClean();
});

test("the start page leads to the notices of the software in the pages", async (t) => {
  const watch = await openPage(t);
  await watch.page.goto(await address("/"));
  await watch.page.getByRole("link", { name: "Open source licenses" }).click();
  await watch.page.getByText("hls.js 1.").first().waitFor();
  watch.assertClean();
});
