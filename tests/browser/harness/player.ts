import type { Frame, Locator, Page } from "playwright-core";

/** Reaches into the player page, whether it fills the window or a frame. */
export class Player {
  readonly #frame: Page | Frame;

  constructor(frame: Page | Frame) {
    this.#frame = frame;
  }

  locator(selector: string): Locator {
    return this.#frame.locator(selector);
  }

  /** Waits until the element knows what it will play. */
  async ready(): Promise<void> {
    await this.#frame.waitForFunction(
      () => (document.querySelector("video")?.readyState ?? 0) >= 2,
    );
  }

  async play(): Promise<void> {
    await this.#frame.evaluate(() => document.querySelector("video")?.play());
  }

  async pause(): Promise<void> {
    await this.#frame.evaluate(() => document.querySelector("video")?.pause());
  }

  async seek(seconds: number): Promise<void> {
    await this.#frame.evaluate((to) => {
      const video = document.querySelector("video");
      if (video) video.currentTime = to;
    }, seconds);
  }

  async state(): Promise<PlayerState> {
    return this.#frame.evaluate(() => {
      const video = document.querySelector("video");
      if (!video) throw new Error("no video element");
      const {
        currentTime,
        duration,
        paused,
        ended,
        muted,
        volume,
        playbackRate,
        videoWidth,
        loop,
      } = video;
      const { error } = video;
      const message = error ? `${error.code} ${error.message}` : null;
      return {
        ...{
          currentTime,
          duration,
          paused,
          ended,
          muted,
          volume,
          playbackRate,
          videoWidth,
          loop,
        },
        error: message,
      };
    });
  }

  /** Waits until the picture or sound runs on beyond a position, in seconds. */
  async reaches(seconds: number): Promise<void> {
    await this.#frame.waitForFunction((to) => {
      const video = document.querySelector("video");
      return video !== null && !video.seeking && video.currentTime > to;
    }, seconds);
  }

  /** Waits until a condition on the video element holds; it runs in the page and sees nothing from outside itself. */
  async waitFor(
    condition: (video: HTMLVideoElement) => boolean,
  ): Promise<void> {
    const video = await this.#frame.waitForSelector("video", {
      state: "attached",
    });
    await this.#frame.waitForFunction(
      condition as (video: SVGElement | HTMLElement) => boolean,
      video,
    );
  }

  /** Waits until the film is over, which may take so many seconds. */
  async ends(seconds: number): Promise<void> {
    try {
      await this.#frame.waitForFunction(
        () => document.querySelector("video")?.ended,
        undefined,
        { timeout: seconds * 1000 },
      );
    } catch (cause) {
      const now = JSON.stringify({
        ...(await this.state()),
        ...(await this.#supply()),
      });
      throw new Error(`it did not end within ${seconds} s: ${now}`, { cause });
    }
  }

  /** What the element has to play from. */
  async #supply(): Promise<{ readyState: number; buffered: number[][] }> {
    return this.#frame.evaluate(() => {
      const video = document.querySelector("video");
      if (!video) throw new Error("no video element");
      const { readyState, buffered } = video;
      const spans = Array.from({ length: buffered.length }, (_, i) => [
        buffered.start(i),
        buffered.end(i),
      ]);
      return { readyState, buffered: spans };
    });
  }

  /** Chooses the quality with so many lines, as the viewer does in the menu; null leaves it to the player. */
  async choose(height: number | null): Promise<void> {
    await this.#frame.evaluate((wanted) => {
      const list = (document.querySelector("video") as unknown as Renditions)
        .videoRenditions;
      const index = Array.from(list).findIndex(
        (rendition) => rendition.height === wanted,
      );
      if (index < 0 && wanted !== null)
        throw new Error(`no quality of ${wanted} lines is offered`);
      list.selectedIndex = index;
    }, height);
  }

  /** What the picture shows now: the brightness of 16 × 9 places. */
  async picture(): Promise<number[]> {
    return this.#frame.evaluate(() => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [16, 9];
      const context = canvas.getContext("2d");
      const video = document.querySelector("video");
      if (!context || !video) throw new Error("no picture");
      context.drawImage(video, 0, 0, 16, 9);
      const { data } = context.getImageData(0, 0, 16, 9);
      return Array.from(
        { length: data.length / 4 },
        (_, i) => (data[i * 4] ?? 0) + (data[i * 4 + 1] ?? 0),
      );
    });
  }

  /** Waits until the sound that is heard is strongest at this frequency, in hertz. */
  async sounds(hertz: number): Promise<void> {
    await this.#frame.evaluate(listenToSound);
    await this.#frame.waitForFunction((wanted) => {
      const { analyser, rate } = (window as unknown as { sound: Sound }).sound;
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const strongest = bins.indexOf(Math.max(...bins));
      return Math.abs((strongest * rate) / analyser.fftSize - wanted) < 30;
    }, hertz);
  }
}

export type PlayerState = {
  readonly currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly muted: boolean;
  readonly volume: number;
  readonly playbackRate: number;
  readonly videoWidth: number;
  readonly loop: boolean;
  readonly error: string | null;
};

/** The list that the quality menu shows; see web/player/tracks.ts. */
type Renditions = {
  videoRenditions: ArrayLike<{ height: number }> & { selectedIndex: number };
};

type Sound = { analyser: AnalyserNode; rate: number };

/** Runs in the page: puts a frequency analyser behind the element, once. */
function listenToSound(): void {
  const holder = window as unknown as { sound?: Sound };
  const video = document.querySelector("video");
  if (holder.sound || !video) return;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  context
    .createMediaElementSource(video)
    .connect(analyser)
    .connect(context.destination);
  holder.sound = { analyser, rate: context.sampleRate };
}
