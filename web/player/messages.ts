import type { Problem } from "./problem";

/** The facts that go with every message to the embedding page. */
export type PlaybackState = {
  readonly assetId: string;
  /** Seconds. */
  readonly currentTime: number;
  /** Seconds; null while unknown. */
  readonly duration: number | null;
};

/** The messages that the page posts to its parent. README.md holds the contract; additions keep its version. */
export type PlayerMessage = PlaybackState & { readonly version: 1 } & (
    | { readonly type: "kinora:play" | "kinora:pause" | "kinora:ended" | "kinora:timeupdate" }
    | {
        readonly type: "kinora:error";
        readonly error: { readonly kind: Problem["kind"]; readonly message: string };
      }
  );

/** Where messages go: the embedding window. */
export type MessageTarget = { postMessage(message: PlayerMessage, targetOrigin: string): void };

/** The state of the element, in the form of the contract. */
export function playbackState(
  assetId: string,
  media: { currentTime: number; duration: number },
): PlaybackState {
  return {
    assetId,
    currentTime: media.currentTime,
    duration: Number.isFinite(media.duration) ? media.duration : null,
  };
}

const TOLD = ["play", "pause", "ended", "timeupdate"] as const;

/** Tells the embedding page what happens here. */
export class Messenger {
  readonly #target: MessageTarget;
  readonly #assetId: string;
  readonly #video: HTMLMediaElement;

  constructor(target: MessageTarget, assetId: string, video: HTMLMediaElement) {
    this.#target = target;
    this.#assetId = assetId;
    this.#video = video;
    for (const event of TOLD) {
      video.addEventListener(event, () =>
        this.#post({ type: `kinora:${event}`, version: 1, ...this.#state() }),
      );
    }
  }

  /** Tells that nothing plays, and why. */
  error(kind: Problem["kind"], message: string): void {
    this.#post({ type: "kinora:error", version: 1, error: { kind, message }, ...this.#state() });
  }

  #state(): PlaybackState {
    return playbackState(this.#assetId, this.#video);
  }

  /** Any origin may embed the page, and the messages hold nothing that it could not see. */
  #post(message: PlayerMessage): void {
    this.#target.postMessage(message, "*");
  }
}
