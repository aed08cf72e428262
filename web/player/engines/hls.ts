import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events, type Level } from "hls.js";
import { trackLabels } from "../labels";
import { Recovery } from "../recovery";
import { AudioTrack, type Rendition } from "../tracks";
import type { Engine, EngineHost } from "./engine";

/** The file name of the worker of hls.js beside this script; put in by the build. */
declare const HLS_WORKER_FILE: string;

/** Seconds loaded ahead before the first play: a page may embed many players and start one. */
const BUFFER_BEFORE_PLAY = 6;
const BUFFER_WHILE_PLAYING = 30;

/** Errors that no other attempt can mend, because this browser lacks what the stream needs. */
const UNSUPPORTED: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_ADD_CODEC_ERROR,
  ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
]);

const MANIFEST_ERRORS: ReadonlySet<ErrorDetails> = new Set([
  ErrorDetails.MANIFEST_LOAD_ERROR,
  ErrorDetails.MANIFEST_LOAD_TIMEOUT,
]);

/** Plays HLS through media source extensions. */
export class HlsEngine implements Engine {
  readonly #host: EngineHost;
  readonly #url: string;
  readonly #recovery = new Recovery();
  readonly #life = new AbortController();
  #hls: Hls | null = null;
  #reload: ReturnType<typeof setTimeout> | undefined;

  constructor(host: EngineHost, url: string) {
    this.#host = host;
    this.#url = url;
  }

  static isSupported(): boolean {
    return Hls.isSupported();
  }

  start(position: number | null): void {
    const { video } = this.#host;
    const hls = new Hls({
      workerPath: new URL(HLS_WORKER_FILE, import.meta.url).href,
      startPosition: position ?? -1,
      capLevelToPlayerSize: true,
      backBufferLength: 90,
      // Packed audio has a tag with its time. Nobody looks at it here, and a text track for tags has an address that
      // the page's policy forbids.
      enableID3MetadataCues: false,
      enableEmsgMetadataCues: false,
      // Where keys are given for what is encrypted: beside the manifest, to who has the same proof.
      emeEnabled: true,
      drmSystems: { "org.w3.clearkey": { licenseUrl: licenseUrl(this.#url) } },
      maxBufferLength: video.paused ? BUFFER_BEFORE_PLAY : BUFFER_WHILE_PLAYING,
    });
    this.#hls = hls;
    const fillBuffer = () => {
      hls.config.maxBufferLength = BUFFER_WHILE_PLAYING;
    };
    video.addEventListener("play", fillBuffer, { signal: this.#life.signal, once: true });
    hls.on(Events.MANIFEST_PARSED, (_, data) => {
      if (data.video) this.#host.kind("video");
      else if (data.audio) this.#host.kind("audio");
      this.#showRenditions(hls);
    });
    hls.on(Events.LEVELS_UPDATED, () => this.#showRenditions(hls));
    hls.on(Events.LEVEL_LOADED, (_, { details }) => {
      if (!details.live) this.#host.whole();
    });
    hls.on(Events.AUDIO_TRACKS_UPDATED, () => this.#showAudioTracks(hls));
    hls.on(Events.AUDIO_TRACK_SWITCHING, (_, { id }) => this.#host.tracks?.audio.markEnabled(String(id)));
    hls.on(Events.FRAG_BUFFERED, () => this.#recovery.progress());
    hls.on(Events.ERROR, (_, data) => this.#onError(hls, data));
    const { tracks } = this.#host;
    if (tracks) {
      tracks.renditions.onSelect = (rendition) => {
        hls.nextLevel = rendition ? Number(rendition.id) : -1;
      };
      tracks.audio.onSelect = (id) => {
        hls.audioTrack = Number(id);
      };
    }
    hls.attachMedia(video);
    hls.loadSource(this.#url);
  }

  destroy(): void {
    clearTimeout(this.#reload);
    this.#life.abort();
    this.#hls?.destroy();
    this.#hls = null;
  }

  #showRenditions(hls: Hls): void {
    this.#host.tracks?.renditions.replace(renditionsOf(hls.levels));
  }

  #showAudioTracks(hls: Hls): void {
    const list = this.#host.tracks?.audio;
    if (!list) return;
    const tracks = hls.audioTracks.map((track) => ({ language: track.lang ?? "", name: track.name }));
    const labels = trackLabels(tracks, this.#host.locales);
    list.replace(
      tracks.map(({ language }, index) => new AudioTrack(String(index), labels[index] ?? "", language, list)),
    );
    if (hls.audioTrack >= 0) list.markEnabled(String(hls.audioTrack));
  }

  #onError(hls: Hls, data: ErrorData): void {
    if (!data.fatal) return;
    if (UNSUPPORTED.has(data.details)) return this.#host.failed("unsupported");
    switch (data.type) {
      case ErrorTypes.NETWORK_ERROR:
        return this.#onNetworkError(hls, data);
      case ErrorTypes.MEDIA_ERROR:
        return this.#onMediaError(hls);
      default:
        return this.#host.failed("broken");
    }
  }

  #onNetworkError(hls: Hls, data: ErrorData): void {
    const status = data.response?.code ?? 0;
    const refused = status >= 400 && status < 500;
    if (data.details === ErrorDetails.MANIFEST_PARSING_ERROR) return this.#host.failed("broken");
    if (MANIFEST_ERRORS.has(data.details) || refused) return this.#host.failed("load");
    const remedy = this.#recovery.network();
    if (remedy.kind !== "reload") return this.#host.failed("load");
    clearTimeout(this.#reload);
    this.#reload = setTimeout(() => hls.startLoad(), remedy.afterSeconds * 1000);
  }

  #onMediaError(hls: Hls): void {
    const remedy = this.#recovery.media(performance.now() / 1000);
    if (remedy.kind === "give-up") return this.#host.failed("broken");
    if (remedy.kind === "swap-audio-codec") hls.swapAudioCodec();
    hls.recoverMediaError();
  }
}

/** Where licenses are given for what a multivariant playlist names. */
function licenseUrl(playlist: string): string {
  return playlist.replace("/hls/master.m3u8", "/license/clearkey");
}

/** Levels without a known size, as in audio-only streams, are no choice to offer. */
function renditionsOf(levels: readonly Level[]): Rendition[] {
  return levels.flatMap((level, index) =>
    level.height > 0
      ? [{ id: String(index), width: level.width, height: level.height, bitrate: level.bitrate }]
      : [],
  );
}
