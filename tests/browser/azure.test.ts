import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { RestError } from "@azure/storage-blob";
import { blob, Connector, type Video } from "./harness/azure";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import {
  HLS_JS,
  loadByHlsJs,
  loadByShaka,
  SHAKA,
  SHAKA_SMOOTH,
  trialPage,
} from "./harness/trial";
import { playsUndamaged } from "./harness/undamaged";
import { world } from "./harness/world";

async function connector(): Promise<Connector> {
  const { origin, apiKey } = await world.server();
  return new Connector(origin, apiKey);
}

/** Videos that were uploaded clear, and protected both ways. */
let clear: Promise<Video> | undefined;
let locked: Promise<Video> | undefined;

async function publish(asked: object): Promise<Video> {
  const film = await world.film("moving-picture.mp4");
  return (await connector()).publish(film, asked);
}

/** The word that the server refused something with. */
async function refused(doing: Promise<unknown>): Promise<string | undefined> {
  const error = await doing.then(() => null).catch((error: unknown) => error);
  assert.ok(error instanceof RestError, String(error));
  return error.code;
}

test("the vendor's own client for blobs uploads in one piece and in blocks of any order", async () => {
  const film = await world.film("moving-picture.mp4");
  const bytes = await readFile(film);
  const api = await connector();
  const video = await api.create(film);
  const client = blob(video);
  assert.equal(await client.exists(), false);
  const whole = await client.upload(bytes, bytes.length, {
    conditions: { ifNoneMatch: "*" },
  });
  const written = await client.getProperties();
  assert.deepEqual(
    [written.contentLength, written.etag, written.blobType],
    [bytes.length, whole.etag, "BlockBlob"],
  );
  const again = { conditions: { ifNoneMatch: "*" } };
  assert.equal(
    await refused(client.upload("x", 1, again)),
    "BlobAlreadyExists",
  );

  const id = (number: number) => Buffer.from(`b-${number}`).toString("base64");
  const third = Math.ceil(bytes.length / 3);
  for (const number of [2, 0, 1]) {
    const block = bytes.subarray(number * third, (number + 1) * third);
    const transactionalContentMD5 = createHash("md5").update(block).digest();
    const options = { transactionalContentMD5 };
    await client.stageBlock(id(number), block, block.length, options);
  }
  const damaged = { transactionalContentMD5: new Uint8Array(16) };
  assert.equal(
    await refused(client.stageBlock(id(3), "x", 1, damaged)),
    "Md5Mismatch",
  );
  const { uncommittedBlocks } = await client.getBlockList("uncommitted");
  assert.deepEqual(
    uncommittedBlocks?.map(({ name }) => name),
    [id(0), id(1), id(2)],
  );
  assert.equal(
    await refused(client.commitBlockList([id(7)])),
    "InvalidBlockList",
  );
  await client.commitBlockList([id(0), id(1), id(2)]);
  const { committedBlocks } = await client.getBlockList("committed");
  const sizes = committedBlocks?.map(({ size }) => size) ?? [];
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    bytes.length,
  );
  await api.complete(video);
  assert.equal(
    await refused(client.upload("x", 1)),
    "BlobImmutableDueToPolicy",
  );
  const original = await fetch(
    await address(`/play/${video.Id}/original.mp4`),
  ).then((answer) => answer.arrayBuffer());
  assert.ok(bytes.equals(Buffer.from(original)));
});

for (const [type, scripts] of [
  ["HLS", SHAKA],
  ["DASH", SHAKA],
  ["Streaming", SHAKA_SMOOTH],
] as const) {
  test(`a clear video of the connector plays by ${type}`, async (t) => {
    clear ??= publish({});
    const manifest = await (await connector()).endpoint(await clear, type);
    const { watch } = await trialPage(t, [...scripts]);
    assert.ok((await loadByShaka(watch, manifest)).length > 0);
    await playsUndamaged(new Player(watch.page));
    watch.assertClean();
  });
}

test("a clear video of the connector plays as one file", async (t) => {
  clear ??= publish({});
  const file = await (await connector()).endpoint(await clear, "Progressive");
  const { watch } = await trialPage(t, []);
  await watch.page.evaluate((url) => {
    const video = document.querySelector("video");
    if (video) video.src = url;
  }, file);
  await playsUndamaged(new Player(watch.page));
  watch.assertClean();
});

const PROTECTED = {
  ContentProtectionMode: "AES128",
  InputStorageEncryptionMode: "AES256",
} as const;

test("a protected video of the connector plays by HLS in hls.js", async (t) => {
  locked ??= publish(PROTECTED);
  const api = await connector();
  const playlist = await api.endpoint(await locked, "HLS");
  const token = (await api.token(await locked)).replace("Bearer=", "");
  const { watch } = await trialPage(t, HLS_JS);
  await loadByHlsJs(watch, `${playlist}?token=${token}`);
  await playsUndamaged(new Player(watch.page));
  watch.assertClean();
});

for (const format of ["hls", "dash"]) {
  test(`a protected video of the connector plays in the player (${format})`, async (t) => {
    locked ??= publish(PROTECTED);
    const video = await locked;
    const value = await (await connector()).token(video);
    const token = value.replace("Bearer=", "");
    const watch = await openPage(t);
    const query = `format=${format}&token=${token}`;
    await watch.page.goto(await address(`/embed/${video.Id}?${query}`));
    await playsUndamaged(new Player(watch.page));
    watch.assertClean();
  });
}

test("a protected video of the connector plays by DASH in shaka-player", async (t) => {
  locked ??= publish(PROTECTED);
  const api = await connector();
  const manifest = await api.endpoint(await locked, "DASH");
  const token = (await api.token(await locked)).replace("Bearer=", "");
  const { watch } = await trialPage(t);
  await loadByShaka(watch, `${manifest}?token=${token}`);
  await playsUndamaged(new Player(watch.page));
  watch.assertClean();
});

test("the key of a protected video is given to nobody without its token", async () => {
  locked ??= publish(PROTECTED);
  const api = await connector();
  const video = await locked;
  const play = await address(`/play/${video.Id}`);
  const key = `${play}/key/${video.ContentProtectionKeyId}`;
  const status = async (url: string, authorization?: string) => {
    const headers = authorization ? { Authorization: authorization } : {};
    return (await fetch(url, { headers })).status;
  };
  const value = await api.token(video);
  assert.equal(await status(key), 401);
  assert.equal(await status(key, value), 200);
  assert.equal(await status(key, value.replace("=", " ")), 200);
  assert.equal(await status(`${key}?token=${value.slice(7)}`), 200);
  const other = await api.create("other.mp4", PROTECTED);
  assert.equal(await status(key, await api.token(other)), 403);
});
