import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { TestContext } from "node:test";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { world } from "./harness/world";

type Message = {
  readonly type: string;
  readonly assetId: string;
  readonly duration: number | null;
};

test("a page of another origin embeds the player and hears what it does", async (t) => {
  const asset = await world.asset("moving-picture.mp4");
  const origin = await serveEmbeddingPage(
    t,
    await address(`/embed/${asset}?t=10`),
  );
  const watch = await openPage(t, origin);
  const { page } = watch;
  await page.goto(origin);
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  assert.ok(frame);
  const player = new Player(frame);
  await player.ready();
  await frame.locator("media-play-button.start").click();
  await player.reaches(10.3);
  await player.pause();
  await page.waitForFunction(() => heard().includes("kinora:pause"));
  await player.play();
  await page.waitForFunction(() => heard().includes("kinora:ended"));
  const messages = await page.evaluate(
    () => (window as unknown as { messages: Message[] }).messages,
  );
  assert.ok(messages.some((message) => message.type === "kinora:timeupdate"));
  assert.equal(
    messages.find((message) => message.type !== "kinora:timeupdate")?.type,
    "kinora:play",
  );
  for (const message of messages) assert.equal(message.assetId, asset);
  assert.ok(Math.abs((messages.at(-1)?.duration ?? 0) - 12) < 0.2);
  watch.assertClean();
});

test("an embedding page hears that a video does not exist", async (t) => {
  const origin = await serveEmbeddingPage(
    t,
    await address("/embed/0192f0c1-7a4e-7cc3-9d52-1f0a3c5b7e11"),
  );
  const watch = await openPage(t, origin);
  await watch.page.goto(origin);
  await watch.page.waitForFunction(() => heard().includes("kinora:error"));
  const error = await watch.page.evaluate(
    () =>
      (window as unknown as { messages: { error?: object }[] }).messages.find(
        (m) => m.error,
      )?.error,
  );
  assert.deepEqual(error, {
    kind: "missing",
    message: "This video does not exist",
  });
  watch.assertClean([/\b404\b/]);
});

test("the player page has a strict policy and may be embedded anywhere", async () => {
  const response = await fetch(
    await address("/embed/0192f0c1-7a4e-7cc3-9d52-1f0a3c5b7e11"),
  );
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const directives = policy.split(";").map((directive) => directive.trim());
  for (const directive of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-ancestors *",
  ]) {
    assert.ok(
      directives.includes(directive),
      `${directive} is not in ${policy}`,
    );
  }
  assert.equal(response.headers.get("X-Frame-Options"), null);
});

/** Defined by the embedding page: the types of the messages so far. */
declare function heard(): string[];

/** Serves a page with the player in a frame, on a port of its own, until the test ends. */
async function serveEmbeddingPage(
  t: TestContext,
  player: string,
): Promise<string> {
  const html = `<!doctype html><link rel="icon" href="data:,"><title>A page of another origin</title>
    <script>
      const messages = [];
      addEventListener("message", (event) => {
        if (event.origin === ${JSON.stringify(new URL(player).origin)}) messages.push(event.data);
      });
      window.messages = messages;
      window.heard = () => messages.map((message) => message.type);
    </script>
    <iframe src="${player}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture"></iframe>`;
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  return `http://127.0.0.1:${bound.port}`;
}
