import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Pictures in a second of all films. */
export const RATE = 25;

/** Six key frames: enough to seek among. */
const SECONDS = "12";

const picture = [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=640x360:rate=${RATE}:duration=${SECONDS}`,
];
const tone = (hertz: number, seconds: number | string = SECONDS) => [
  "-f",
  "lavfi",
  "-i",
  `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`,
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

/**
 * A picture whose upper quarter holds the number of each frame in ten fields of equal width, white for one and black
 * for zero, the lowest bit at the left: legible at every size and quality.
 */
function numbered(size: string, seconds: number): string[] {
  const fields = Array.from(
    { length: 10 },
    (_, bit) =>
      `drawbox=x=iw*${bit}/10:y=0:w=iw/10:h=ih/4:t=fill:color=white:enable='gt(bitand(n,${2 ** bit}),0)'`,
  );
  const strip = "drawbox=x=0:y=0:w=iw:h=ih/4:t=fill:color=black";
  const source = `testsrc2=size=${size}:rate=${RATE}:duration=${seconds}`;
  return ["-f", "lavfi", "-i", [source, strip, ...fields].join(",")];
}

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
  /** The original becomes the top rung of its ladder. */
  "numbered.mp4": [
    ...[...numbered("1280x720", 24), ...tone(440, 24), ...h264, ...aac],
  ],
  /** Groups of ten seconds, and open: nobody can switch to another rung in the middle of them. */
  "numbered-long-groups.mp4": [
    ...[...numbered("1280x720", 30), ...tone(440, 30), ...h264, ...aac],
    ...["-g", "250", "-keyint_min", "250", "-flags", "-cgop"],
    ...["-x264-params", "open-gop=1"],
  ],
  "numbered-vp8.webm": [
    ...[...numbered("480x270", 30), ...tone(440, 30)],
    ...["-c:v", "libvpx", "-b:v", "1500k", "-deadline", "realtime"],
    ...["-cpu-used", "8", "-auto-alt-ref", "1", "-lag-in-frames", "16"],
    ...["-g", "128", "-c:a", "libvorbis"],
  ],
  "numbered-mpeg2.ts": [
    ...[...numbered("640x360", 30), ...tone(440, 30)],
    ...["-c:v", "mpeg2video", "-b:v", "4M", "-bf", "2", "-g", "15"],
    ...["-c:a", "mp2", "-b:a", "192k"],
  ],
} as const;

export type FilmName = keyof typeof RECIPES;

/** Makes a film in the folder and returns its path. */
export async function makeFilm(
  name: FilmName,
  folder: string,
): Promise<string> {
  const file = path.join(folder, name);
  const front = name.endsWith(".mp4") ? ["-movflags", "+faststart"] : [];
  await run("ffmpeg", [
    ...["-v", "error", "-nostdin", "-y"],
    ...[...RECIPES[name], ...front, file],
  ]);
  return file;
}
