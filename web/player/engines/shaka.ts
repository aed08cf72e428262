import shaka from "shaka-player/dist/shaka-player.dash.js";
import { trackLabels } from "../labels";
import { Recovery } from "../recovery";
import { safeMargin } from "../safe-margin";
import { AudioTrack } from "../tracks";
import type { Engine, EngineHost, Failure } from "./engine";

type ShakaError = { readonly severity: number; readonly category: number; readonly code: number };

/**
 * Seconds that shaka-player adds to offsets below zero (its issue 1281): what begins in the middle of a film begins so much
 * later in the buffer. It jumps over that as over any gap, unless playback moves on before it looks.
 */
const SHIFT = 0.001;

/** Of `segmentappended`. */
type Appended = { readonly contentType: string; readonly end: number };

/** Plays DASH. A chunk of its own: only a page that asks for DASH loads it. */
export class ShakaEngine implements Engine {
  readonly #host: EngineHost;
  readonly #url: string;
  readonly #recovery = new Recovery();
  readonly #player: shaka.Player;
  /** Where the segments of the picture that were buffered end, in seconds; all qualities are cut alike. */
  readonly #ends = new Set<number>();
  #destroyed = false;

  constructor(host: EngineHost, url: string) {
    shaka.polyfill.installAll();
    this.#host = host;
    this.#url = url;
    this.#player = new shaka.Player();
  }

  start(position: number | null): void {
    if (!shaka.Player.isBrowserSupported()) return this.#host.failed("unsupported");
    this.#load(position).catch((error: unknown) => this.#fail(failureOf(error)));
  }

  destroy(): void {
    this.#destroyed = true;
    void this.#player.destroy();
  }

  async #load(position: number | null): Promise<void> {
    const player = this.#player;
    player.configure({ abr: { restrictToElementSize: true }, streaming: { bufferBehind: 90 } });
    player.addEventListener("error", (event: Event) =>
      this.#onError((event as CustomEvent<ShakaError>).detail),
    );
    player.addEventListener("segmentappended", (event: Event) => {
      const { contentType, end } = event as unknown as Appended;
      if (contentType === "video") this.#ends.add(end);
    });
    player.addEventListener("trackschanged", () => this.#showTracks());
    player.addEventListener("manifestupdated", () => this.#showWhole());
    this.#host.video.addEventListener("progress", () => this.#recovery.progress());
    const { tracks } = this.#host;
    if (tracks) {
      tracks.renditions.onSelect = (rendition) => this.#selectRendition(rendition?.id ?? null);
      tracks.audio.onSelect = (id) => {
        const track = player.getAudioTracks()[Number(id)];
        if (track) player.selectAudioTrack(track);
      };
    }
    if (position === null && isPart(this.#url))
      player.addEventListener("manifestparsed", () => {
        if (!player.isLive()) player.updateStartTime(SHIFT);
      });
    await player.attach(this.#host.video);
    await player.load(this.#url, position);
    this.#host.kind(player.isAudioOnly() ? "audio" : "video");
    this.#showWhole();
    this.#showTracks();
  }

  #selectRendition(id: string | null): void {
    this.#player.configure({ abr: { enabled: id === null } });
    const track = id === null ? undefined : this.#player.getVideoTracks()[Number(id)];
    if (track)
      this.#player.selectVideoTrack(track, true, safeMargin(this.#host.video.currentTime, this.#ends));
  }

  #showWhole(): void {
    if (!this.#destroyed && !this.#player.isLive()) this.#host.whole();
  }

  #showTracks(): void {
    const { tracks, locales } = this.#host;
    if (!tracks || this.#destroyed) return;
    tracks.renditions.replace(
      this.#player.getVideoTracks().flatMap((track, index) => {
        const { width, height, bandwidth } = track;
        return width && height ? [{ id: String(index), width, height, bitrate: bandwidth }] : [];
      }),
    );
    const audio = this.#player.getAudioTracks();
    const labels = trackLabels(
      audio.map((track) => ({ language: track.language, name: track.label ?? "" })),
      locales,
    );
    tracks.audio.replace(
      audio.map((track, i) => new AudioTrack(String(i), labels[i] ?? "", track.language, tracks.audio)),
    );
    const active = audio.findIndex((track) => track.active);
    if (active >= 0) tracks.audio.markEnabled(String(active));
  }

  #onError(error: ShakaError): void {
    if (error.severity !== shaka.util.Error.Severity.CRITICAL) return;
    const failure = failureOf(error);
    const remedy = failure === "load" ? this.#recovery.network() : null;
    if (remedy?.kind === "reload") this.#player.retryStreaming(remedy.afterSeconds);
    else this.#fail(failure);
  }

  #fail(failure: Failure): void {
    if (!this.#destroyed) this.#host.failed(failure);
  }
}

function failureOf(error: unknown): Failure {
  const { category, code } = error as Partial<ShakaError>;
  if (category === shaka.util.Error.Category.NETWORK) return "load";
  return code === shaka.util.Error.Code.CONTENT_UNSUPPORTED_BY_BROWSER ? "unsupported" : "broken";
}

/** Whether an address is that of a part of a film. */
function isPart(url: string): boolean {
  return new URL(url, document.baseURI).searchParams.has("start");
}
