import type { StreamFormat } from "../address";
import { installTrackLists } from "../tracks";
import type { Engine, EngineHost } from "./engine";
import { HlsEngine } from "./hls";
import { NativeEngine } from "./native";

/** Makes an engine for a host; each attempt to play takes a fresh one. */
export type EngineFactory = {
  readonly tracks: EngineHost["tracks"];
  create(host: EngineHost): Promise<Engine>;
};

/**
 * Chooses what plays the stream in this browser; null when nothing can.
 *
 * Media source extensions come first, also where the browser plays HLS itself, because they offer a choice of quality.
 * The element must not be among the controls yet: they read its track lists once.
 */
export function chooseEngine(
  video: HTMLVideoElement,
  format: StreamFormat,
  url: string,
): EngineFactory | null {
  if (format === "dash") {
    const create = async (host: EngineHost) => new (await import("./shaka")).ShakaEngine(host, url);
    return { tracks: installTrackLists(video), create };
  }
  if (HlsEngine.isSupported()) {
    return { tracks: installTrackLists(video), create: async (host) => new HlsEngine(host, url) };
  }
  if (NativeEngine.isSupported(video)) {
    return { tracks: null, create: async (host) => new NativeEngine(host, url) };
  }
  return null;
}
