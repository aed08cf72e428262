import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Six key frames: enough to seek among. */
const SECONDS = "12";

const picture = [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=640x360:rate=25:duration=${SECONDS}`,
];
const tone = (hertz: number) => [
  "-f",
  "lavfi",
  "-i",
  `sine=frequency=${hertz}:sample_rate=48000:duration=${SECONDS}`,
];
/** Two-second groups of pictures with pictures that are stored out of order. */
const h264 = [
  ...[
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-pix_fmt",
    "yuv420p",
    "-profile:v",
    "high",
  ],
  ...["-g", "50", "-keyint_min", "50", "-sc_threshold", "0", "-bf", "3"],
];
const aac = ["-c:a", "aac", "-b:a", "128k"];

/** The pitch of the sound of each language, in hertz. */
export const PITCH = { english: 440, german: 1320 } as const;

const RECIPES = {
  "moving-picture.mp4": [
    ...picture,
    ...tone(PITCH.english),
    ...h264,
    ...aac,
    "-shortest",
  ],
  "two-languages.mp4": [
    ...[...picture, ...tone(PITCH.english), ...tone(PITCH.german)],
    ...["-map", "0:v", "-map", "1:a", "-map", "2:a", ...h264, ...aac],
    ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger"],
  ],
  "sound-only.mp4": [...tone(PITCH.english), ...aac],
  "picture-only.mp4": [...picture, ...h264],
} as const;

export type FilmName = keyof typeof RECIPES;

/** Makes a film in the folder and returns its path. */
export async function makeFilm(
  name: FilmName,
  folder: string,
): Promise<string> {
  const file = path.join(folder, name);
  await run("ffmpeg", [
    "-v",
    "error",
    "-nostdin",
    "-y",
    ...RECIPES[name],
    "-movflags",
    "+faststart",
    file,
  ]);
  return file;
}
