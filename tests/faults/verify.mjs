// What must hold when the dust has settled: everything acknowledged is there, whole, and plays.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Everything wrong with one asset, in sentences. */
export async function faultsOf(batch, folder, { id, film }) {
  const detail = await batch.json("GET", `/vod/v1/assets/${id}`);
  const output = detail.outputs[0];
  if (detail.status !== "Available" || output?.status !== "Available") {
    return [
      `${film.name} ${id}: ${detail.status}, ${JSON.stringify(output)}, ${detail.errorMessage ?? ""}`,
    ];
  }
  const wrong = [];
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
    wrong.push(`${film.name} ${id}: a rung is listed twice`);
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
    if (film.pictures > 0 && playlist.startsWith("v")) {
      const entries = [
        "-select_streams",
        "v",
        "-count_packets",
        "-show_entries",
        "stream=nb_read_packets",
      ];
      const told = execFileSync(
        "ffprobe",
        ["-v", "error", ...entries, "-of", "csv=p=0", file],
        { encoding: "utf8" },
      );
      const pictures = Number(told.trim().replace(",", ""));
      if (pictures !== film.pictures)
        wrong.push(
          `${film.name} ${id}: ${playlist}: ${pictures} of ${film.pictures} pictures`,
        );
    }
  }
  return wrong;
}
