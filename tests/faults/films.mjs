// The films of the batch, made by recipes: what players take and what they do not, long enough for several chunks.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const PICTURE = (seconds) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=s=320x180:r=25:d=${seconds}`,
];
const SOUND = (seconds) => [
  "-f",
  "lavfi",
  "-i",
  `sine=440:r=48000:d=${seconds}`,
];

// Name, seconds, recipe behind the inputs. Pictures are 25 a second.
const RECIPES = [
  [
    "plain.mp4",
    45,
    "-c:v libx264 -preset ultrafast -g 250 -pix_fmt yuv420p -c:a aac -movflags +faststart",
  ],
  [
    "rung.mp4",
    12,
    "-c:v libx264 -preset ultrafast -g 50 -sc_threshold 0 -pix_fmt yuv420p -c:a aac",
  ],
  [
    "foreign.webm",
    24,
    "-c:v libvpx -deadline realtime -cpu-used 8 -auto-alt-ref 0 -b:v 300k -c:a libvorbis",
  ],
  ["broadcast.ts", 26, "-c:v mpeg2video -q:v 5 -g 12 -c:a mp2"],
  ["sound.flac", 30, "-vn -c:a flac"],
];

/** Makes every film in `folder`. */
export function makeFilms(folder) {
  return RECIPES.map(([name, seconds, recipe]) => {
    const file = path.join(folder, name);
    const args = [
      "-v",
      "error",
      "-y",
      ...PICTURE(seconds),
      ...SOUND(seconds),
      ...recipe.split(" "),
      file,
    ];
    execFileSync("ffmpeg", args);
    return {
      name,
      bytes: readFileSync(file),
      seconds,
      pictures: name === "sound.flac" ? 0 : seconds * 25,
    };
  });
}
