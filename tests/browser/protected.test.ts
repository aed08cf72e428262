import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Player } from "./harness/player";
import { address, openPage, test } from "./harness/session";
import { loadByShaka, trialPage } from "./harness/trial";
import { playsUndamaged } from "./harness/undamaged";
import { world } from "./harness/world";

/** The secret that tokens are signed with, made once. */
let made: Promise<string> | undefined;

/** An asset of that preset, whose viewers need a token. */
async function locked(preset: string): Promise<string> {
  const { command } = await world.server();
  made ??= command("playback", "keys", "create");
  const asset = await world.asset("moving-picture.mp4", preset);
  await made;
  await command("playback", "policy", "required", "--asset", asset);
  return asset;
}

/** A token for an asset as somebody's own server makes it (RFC 7519), which counts for so many seconds. */
async function token(asset: string, seconds = 600): Promise<string> {
  const part = (value: object) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const claims = { sub: asset, aud: "playback", exp };
  const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const secret = Buffer.from((await made) ?? "", "hex");
  const mac = createHmac("sha256", secret).update(content);
  return `${content}.${mac.digest("base64url")}`;
}

for (const [preset, format] of [
  ["dash_hls_720p_aes128", "hls"],
  ["dash_hls_720p_aes128", "dash"],
  ["dash_hls_720p_drm", "hls"],
  ["dash_hls_720p_drm", "dash"],
] as const) {
  test(`the player plays what ${preset} encrypts (${format})`, async (t) => {
    const asset = await locked(preset);
    const watch = await openPage(t);
    const query = `format=${format}&token=${await token(asset)}`;
    await watch.page.goto(await address(`/embed/${asset}?${query}`));
    await playsUndamaged(new Player(watch.page));
    watch.assertClean();
  });
}

for (const [manifest, scheme] of [
  ["hls/master.m3u8", "cenc"],
  ["hls/master.m3u8", "cbcs"],
  ["dash/manifest.mpd", "cenc"],
  ["dash/manifest.mpd", "cbcs"],
] as const) {
  test(`shaka-player plays ${manifest} by ${scheme}`, async (t) => {
    const asset = await locked("dash_hls_720p_drm");
    const { watch } = await trialPage(t);
    const url = await address(
      `/play/${asset}/${manifest}?scheme=${scheme}&token=${await token(asset)}`,
    );
    await loadByShaka(watch, url);
    await playsUndamaged(new Player(watch.page));
    watch.assertClean();
  });
}

for (const proof of ["token", "signed link"] as const) {
  test(`the page shows the pictures of a film that a ${proof} opens`, async (t) => {
    const asset = await locked("dash_hls_720p_drm");
    const { command } = await world.server();
    const link = () =>
      command("playback", "link", "--asset", asset, "hls/master.m3u8");
    const query =
      proof === "token"
        ? `token=${await token(asset)}`
        : new URL((await link()).trim()).searchParams.toString();
    const watch = await openPage(t);
    const answer = (name: string) =>
      watch.page.waitForResponse(
        (response) =>
          new URL(response.url()).pathname === `/play/${asset}/${name}`,
      );
    const [poster, storyboard] = [answer("poster"), answer("storyboard.vtt")];
    await watch.page.goto(await address(`/embed/${asset}?${query}`));
    assert.equal((await poster).status(), 200);
    const told = await storyboard;
    assert.equal(told.status(), 200);
    const cues = await told.text();
    const sheet = /^v.*\/storyboard\/0\.jpg\?[^#]*/m.exec(cues)?.[0] ?? "";
    assert.ok(sheet.includes(proof === "token" ? "token=" : "pass="), cues);
    const url = await address(`/play/${asset}/${sheet}`);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await fetch(url.replace(/\?.*/, ""))).status, 401);
    watch.assertClean();
  });
}

test("without its own token that counts, nothing of an encrypted film is given out", async (t) => {
  const asset = await locked("dash_hls_720p_drm");
  const own = await token(asset);
  const foreign = await token(await locked("dash_hls_720p_aes128"));
  const expired = await token(asset, -60);
  const play = await address(`/play/${asset}`);
  const master = await (
    await fetch(`${play}/hls/master.m3u8?token=${own}`)
  ).text();
  const media = master.split("\n").find((line) => /^v.*m3u8/.test(line)) ?? "";
  const playlist = await (await fetch(`${play}/hls/${media}`)).text();
  const named = (pattern: RegExp) => pattern.exec(playlist)?.[1] ?? "nothing";
  const addresses = [
    "hls/master.m3u8",
    "dash/manifest.mpd",
    media,
    named(/^\.\.\/(.*0\.m4s.*)$/m),
    named(/\.\.\/(key\/[^"]*)"/),
  ].map((found) => found.replace(/\?.*/, ""));
  assert.ok(
    addresses.every((found) => found !== "nothing"),
    playlist,
  );
  for (const found of addresses) {
    const at = found.startsWith("v") && found.endsWith("m3u8") ? "hls/" : "";
    const status = async (query: string) =>
      (await fetch(`${play}/${at}${found}${query}`)).status;
    assert.equal(await status(`?token=${own}`), 200, found);
    assert.equal(await status(""), 401, found);
    assert.equal(await status(`?token=${foreign}`), 403, found);
    assert.equal(await status(`?token=${expired}`), 401, found);
  }
  const watch = await openPage(t);
  await watch.page.goto(await address(`/embed/${asset}?token=${foreign}`));
  await watch.page.getByText("This video is private").waitFor();
  watch.assertClean([/403/]);
});
