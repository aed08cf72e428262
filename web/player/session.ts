import type { EngineFactory } from "./engines/choose";
import type { Engine, EngineHost, Failure, MediaKind } from "./engines/engine";
import { type Problem, problemFromStatus } from "./problem";

/** Whom a session tells about itself. */
export type SessionView = {
  kind(kind: MediaKind): void;
  /** All of the stream is there. */
  whole(): void;
  /** Null when there is none, or no longer. */
  problem(problem: Problem | null): void;
};

/** What a session plays. */
export type SessionSource = {
  readonly video: HTMLVideoElement;
  readonly url: string;
  readonly start: number | null;
  readonly autoplay: boolean;
  /** Null when this browser can play nothing of the kind. */
  readonly engine: EngineFactory | null;
};

/** One viewing: starts an engine, finds out why it stops, waits for what is not ready, tries again. */
export class Session {
  readonly #source: SessionSource;
  readonly #view: SessionView;
  #engine: Engine | null = null;
  /** Counts attempts, so that news from one that was given up is not listened to. */
  #attempt = 0;

  constructor(source: SessionSource, view: SessionView) {
    this.#source = source;
    this.#view = view;
    const { video } = source;
    video.addEventListener("loadedmetadata", () => view.kind(video.videoWidth > 0 ? "video" : "audio"));
  }

  /** Begins at the position that was asked for. */
  begin(): void {
    void this.#play(this.#source.start, this.#source.autoplay);
  }

  /** Tries again where playback stopped. */
  retry(): void {
    const { video, start } = this.#source;
    void this.#play(video.currentTime > 0 ? video.currentTime : start, true);
  }

  async #play(position: number | null, play: boolean): Promise<void> {
    this.#stop();
    this.#attempt += 1;
    const attempt = this.#attempt;
    const { engine: factory, video } = this.#source;
    this.#view.problem(null);
    if (!factory) return this.#view.problem({ kind: "unsupported" });
    const host: EngineHost = {
      video,
      tracks: factory.tracks,
      locales: navigator.languages,
      kind: (kind) => this.#view.kind(kind),
      whole: () => this.#view.whole(),
      failed: (failure) => {
        if (attempt === this.#attempt) void this.#explain(failure, position, play);
      },
    };
    const engine = await factory.create(host).catch(() => null);
    if (attempt !== this.#attempt) return engine?.destroy();
    if (!engine) return this.#view.problem({ kind: "unreachable" });
    this.#engine = engine;
    engine.start(position);
    // A browser that wants a gesture first refuses: the play button then waits for one.
    if (play) await video.play().catch(() => {});
  }

  #stop(): void {
    this.#engine?.destroy();
    this.#engine = null;
  }

  async #explain(failure: Failure, position: number | null, play: boolean): Promise<void> {
    const resume = this.#source.video.currentTime || position;
    this.#stop();
    this.#attempt += 1;
    const attempt = this.#attempt;
    let problem: Problem | null = failure === "unsupported" ? { kind: "unsupported" } : { kind: "broken" };
    if (failure === "load") problem = (await askServer(this.#source.url)) ?? problem;
    while (attempt === this.#attempt && problem?.kind === "preparing") {
      this.#view.problem(problem);
      await pause(problem.retryAfterSeconds);
      await visible();
      problem = await askServer(this.#source.url);
    }
    if (attempt !== this.#attempt) return;
    if (problem) this.#view.problem(problem);
    else await this.#play(resume, play);
  }
}

/** Why the manifest is not to be had; null when it is. */
async function askServer(url: string): Promise<Problem | null> {
  try {
    const response = await fetch(url, { cache: "no-store" });
    await response.body?.cancel();
    return problemFromStatus(response.status, response.headers.get("Retry-After"));
  } catch {
    return { kind: "unreachable" };
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Waits until the page is looked at: nobody misses a video in a hidden tab. */
function visible(): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    check();
  });
}
