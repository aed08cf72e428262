import type { AudioTrackList, RenditionList } from "../tracks";

/** What the asset is made of, which decides the layout. */
export type MediaKind = "audio" | "video";

/**
 * Why an engine stopped for good.
 *
 * `load`: something could not be loaded, and the server knows why. `unsupported`: the browser lacks a codec or a
 * capability. `broken`: the media is at fault.
 */
export type Failure = "load" | "unsupported" | "broken";

/** What an engine plays into, and whom it tells. */
export type EngineHost = {
  readonly video: HTMLVideoElement;
  /** Absent where the browser's own lists serve. */
  readonly tracks: { readonly renditions: RenditionList; readonly audio: AudioTrackList } | null;
  readonly locales: readonly string[];
  /** The stream said what it holds, before the element knows. */
  kind(kind: MediaKind): void;
  /** All of the stream is there: it does not grow, or not any more. May be told again. */
  whole(): void;
  /** The engine stopped and will not go on by itself. */
  failed(failure: Failure): void;
};

/** Feeds a stream to a media element. */
export interface Engine {
  /** Begins loading at `position` seconds; null begins where the stream says. Called once. */
  start(position: number | null): void;
  /** Lets go of the element. Nothing is told to the host afterwards. */
  destroy(): void;
}
