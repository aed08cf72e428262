// What must hold when the dust has settled: everything acknowledged is there, whole, and plays.
import { execFileSync, spawnSync } from "node:child_process";
import { unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What may be wrong, as it is counted. */
export const WRONGS = ["lost", "not finished", "not whole", "listed twice"];

/** How far from its film a track may begin and end, and the longest time from packet to packet, in seconds. */
const EDGE = 0.15;
const STEP = 0.1;

/** Everything wrong with one asset: `{ wrong, words }`. */
export async function faultsOf(batch, folder, { id, film }) {
  const answer = await batch.call("GET", `/vod/v1/assets/${id}`);
  if (answer.status !== 200)
    return [{ wrong: "lost", words: `${film.name} ${id}: ${answer.status}` }];
  const detail = JSON.parse(answer.bytes);
  const output = detail.outputs[0];
  if (detail.status !== "Available" || output?.status !== "Available") {
    const words = `${film.name} ${id}: ${detail.status}, ${JSON.stringify(output)}, ${detail.errorMessage ?? ""}`;
    return [{ wrong: "not finished", words }];
  }
  const faults = [];
  const wrong = {
    push: (words) => faults.push({ wrong: "not whole", words }),
  };
  const base = `${batch.base}/play/${id}/hls/`;
  const get = async (url) => {
    const answer = await batch.call("GET", new URL(url, base).href);
    if (answer.status !== 200)
      wrong.push(`${film.name} ${id}: ${url}: ${answer.status}`);
    return answer.bytes;
  };
  const master = (await get("master.m3u8")).toString();
  const variants = master
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const sounds = [...master.matchAll(/URI="([^"]+)"/g)].map(
    (found) => found[1],
  );
  if (new Set(variants).size !== variants.length)
    faults.push({ wrong: "listed twice", words: `${film.name} ${id}` });
  if (variants.length + sounds.length === 0)
    wrong.push(`${film.name} ${id}: nothing is listed`);
  for (const playlist of new Set([...variants, ...sounds])) {
    const text = (await get(playlist)).toString();
    if (!text.includes("#EXT-X-ENDLIST"))
      wrong.push(`${film.name} ${id}: ${playlist} has no end`);
    const init = /URI="([^"]+)"/.exec(text)[1];
    const segments = text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const pieces = [await get(init)];
    for (const segment of segments) pieces.push(await get(segment));
    const file = path.join(folder, `${id}.mp4`);
    writeFileSync(file, Buffer.concat(pieces));
    const decoded = spawnSync(
      "ffmpeg",
      ["-v", "error", "-xerror", "-i", file, "-f", "null", "-"],
      { encoding: "utf8" },
    );
    if (decoded.status !== 0 || decoded.stderr !== "") {
      wrong.push(
        `${film.name} ${id}: ${playlist}: ${decoded.stderr.split("\n")[0]}`,
      );
    }
    for (const words of gapsOf(file, film))
      wrong.push(`${film.name} ${id}: ${playlist}: ${words}`);
    unlinkSync(file);
  }
  return faults;
}

/** What the packets of each track of a file tell: all there, from the beginning to the end, once. */
function gapsOf(file, film) {
  const told = execFileSync(
    "ffprobe",
    [
      "-v",
      "error",
      "-show_entries",
      "packet=codec_type,pts_time,duration_time",
      "-of",
      "csv=p=0",
      file,
    ],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  const tracks = {};
  for (const line of told.trim().split("\n")) {
    const [type, pts, duration] = line.split(",");
    (tracks[type] ??= []).push([Number(pts), Number(duration)]);
  }
  const words = [];
  if (Object.keys(tracks).length === 0) words.push("nothing is in it");
  for (const [type, packets] of Object.entries(tracks)) {
    packets.sort(([a], [b]) => a - b);
    const [last, lasts] = packets.at(-1);
    const [begin, end] = [packets[0][0], last + (lasts || 0)];
    if (Math.abs(begin) > EDGE || Math.abs(end - film.seconds) > EDGE)
      words.push(`${type} from ${begin} to ${end} of ${film.seconds} s`);
    const steps = packets.slice(1).map(([pts], at) => pts - packets[at][0]);
    const strange = steps.findIndex((step) => step <= 0 || step > STEP);
    if (strange >= 0)
      words.push(
        `${type}: ${steps[strange]} s from packet to packet at ${packets[strange][0]} s`,
      );
    if (type === "video" && packets.length !== film.pictures)
      words.push(`${packets.length} of ${film.pictures} pictures`);
  }
  return words;
}
