import type { Page } from "playwright-core";

/** One picture as it was shown. */
export type ShownPicture = {
  /** Where it lies in the presentation, in seconds: the time that the picture itself carries. */
  readonly time: number;
  /** The number that is painted into it; see `numbered` in films.ts. */
  readonly number: number;
  /** Its size: which rung it came from. */
  readonly height: number;
  /** The element's clock, and that of the wall, in seconds. */
  readonly currentTime: number;
  readonly wall: number;
};

/** What happened to a film while it played. */
export type Recorded = {
  readonly pictures: readonly ShownPicture[];
  /** Names of events that no viewer wants to see, with the position: waiting, stalled, error, seeking. */
  readonly troubles: readonly string[];
  /** Ranges of buffers that had a hole close in front of the position, as text; each once. */
  readonly holes: readonly string[];
  /** How many ranges each buffer has now. */
  readonly buffered: readonly number[];
  /** What the player took out of buffers, as text: what was loaded for nothing, unless the film is long. */
  readonly removed: readonly string[];
  readonly dropped: number;
  readonly total: number;
};

/** What the page keeps for the test. */
type Kept = {
  pictures: ShownPicture[];
  troubles: string[];
  holes: Set<string>;
  removed: string[];
  buffers: { type: string; buffer: SourceBuffer }[];
};

declare global {
  interface Window {
    kept: Kept;
  }
}

/** Writes down every picture that a page shows, with the number painted into it, and every disturbance. */
export class Recording {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** To be called before the page goes anywhere: from then on the buffers of every film are known. */
  static async prepare(page: Page): Promise<Recording> {
    await page.addInitScript(noteBuffers);
    return new Recording(page);
  }

  /** Begins with the next picture. */
  async begin(): Promise<void> {
    await this.#page.evaluate(recordPictures);
  }

  /** What was recorded so far. */
  async read(): Promise<Recorded> {
    return this.#page.evaluate(() => {
      const { pictures, troubles, holes, removed, buffers } = window.kept;
      const quality = document
        .querySelector("video")
        ?.getVideoPlaybackQuality();
      const buffered = buffers.map(({ buffer }) => buffer.buffered.length);
      return {
        ...{ pictures, troubles, holes: [...holes], buffered, removed },
        dropped: quality?.droppedVideoFrames ?? 0,
        total: quality?.totalVideoFrames ?? 0,
      };
    });
  }
}

/** Runs in the page before its own scripts. */
function noteBuffers(): void {
  const removed: string[] = [];
  window.kept = {
    ...{ pictures: [], troubles: [], holes: new Set(), removed, buffers: [] },
  };
  const add = MediaSource.prototype.addSourceBuffer;
  MediaSource.prototype.addSourceBuffer = function (type) {
    const buffer = add.call(this, type);
    window.kept.buffers.push({ type, buffer });
    const remove = buffer.remove.bind(buffer);
    buffer.remove = (start, end) => {
      removed.push(`${type}: ${start} to ${end}`);
      remove(start, end);
    };
    return buffer;
  };
}

/** Runs in the page. */
function recordPictures(): void {
  const BITS = 10;
  /** Seconds in front of the position in which no buffer may have a hole. */
  const AHEAD = 0.5;
  const spansOf = (buffer: SourceBuffer): [number, number][] => {
    try {
      const { buffered } = buffer;
      return Array.from({ length: buffered.length }, (_, i) => [
        buffered.start(i),
        buffered.end(i),
      ]);
    } catch {
      return []; // A buffer that was taken out has no ranges.
    }
  };
  const video = document.querySelector("video");
  const canvas = new OffscreenCanvas(BITS * 4, 4);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!video || !context) throw new Error("nothing to record");
  const { kept } = window;
  // A machine that is too slow to decode waits too; what that costs is seen in pictures and clock.
  const starved = () =>
    kept.buffers.some(
      ({ buffer }) =>
        !spansOf(buffer).some(
          ([start, end]) =>
            start <= video.currentTime && end > video.currentTime + AHEAD,
        ),
    );
  for (const type of ["waiting", "stalled", "error", "seeking"]) {
    video.addEventListener(type, () => {
      const atEnd = video.currentTime > video.duration - AHEAD;
      if (type !== "waiting" || (starved() && !atEnd))
        kept.troubles.push(`${type} at ${video.currentTime.toFixed(3)}`);
    });
  }
  const noteHoles = () => {
    const { currentTime } = video;
    for (const { type, buffer } of kept.buffers) {
      const spans = spansOf(buffer);
      // A quality that is changed may leave one further on, until the rest is loaded.
      const ahead = spans.some(
        ([, end], index) =>
          index < spans.length - 1 &&
          end > currentTime &&
          end < currentTime + AHEAD,
      );
      if (ahead) kept.holes.add(`${type}: ${spans.join("; ")}`);
    }
  };
  const note = () => {
    // Not the element is read but one picture of it, which carries its own time.
    const picture = new VideoFrame(video);
    const height = picture.displayHeight;
    context.drawImage(
      picture,
      ...([0, 0, picture.displayWidth, height / 4] as const),
      ...([0, 0, canvas.width, canvas.height] as const),
    );
    const time = picture.timestamp / 1_000_000;
    picture.close();
    const { data } = context.getImageData(0, 2, canvas.width, 1);
    let number = 0;
    for (let bit = 0; bit < BITS; bit += 1) {
      if ((data[(bit * 4 + 2) * 4] ?? 0) > 127) number += 2 ** bit;
    }
    const { currentTime } = video;
    kept.pictures.push({
      ...{ time, number, height, currentTime },
      wall: performance.now() / 1000,
    });
    noteHoles();
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
}
