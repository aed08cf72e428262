import type { Engine, EngineHost } from "./engine";

/** Leaves everything to a browser that plays HLS by itself, as on an iPhone without media source extensions. */
export class NativeEngine implements Engine {
  readonly #host: EngineHost;
  readonly #url: string;
  readonly #life = new AbortController();

  constructor(host: EngineHost, url: string) {
    this.#host = host;
    this.#url = url;
  }

  static isSupported(video: HTMLVideoElement): boolean {
    return video.canPlayType("application/vnd.apple.mpegurl") !== "";
  }

  start(position: number | null): void {
    const { video } = this.#host;
    const { signal } = this.#life;
    video.addEventListener("error", () => this.#failed(), { signal });
    const whole = () => {
      if (Number.isFinite(video.duration)) this.#host.whole();
    };
    video.addEventListener("durationchange", whole, { signal });
    if (position !== null) {
      const seek = () => {
        video.currentTime = position;
      };
      video.addEventListener("loadedmetadata", seek, { signal, once: true });
    }
    video.src = this.#url;
  }

  destroy(): void {
    this.#life.abort();
    this.#host.video.removeAttribute("src");
    this.#host.video.load();
  }

  #failed(): void {
    const decode = this.#host.video.error?.code === MediaError.MEDIA_ERR_DECODE;
    this.#host.failed(decode ? "broken" : "load");
  }
}
