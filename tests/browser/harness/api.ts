import { open, stat } from "node:fs/promises";
import path from "node:path";
import { until } from "./until";

type StartedFile = {
  readonly fileId: string;
  readonly multipartUrls: readonly string[];
  readonly partSize: number;
  readonly partsCount: number;
};
type FinishedPart = { readonly partNumber: number; readonly eTag: string };
type Asset = {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
};

type Output = {
  readonly preset: string;
  readonly status: string;
  readonly errorMessage?: string;
};

/** A file of captions and the tag of its language. */
export type Caption = { readonly file: string; readonly language: string };

/** The few calls of the Cloud Video Kit API that bring a film in, as an application makes them. */
export class VideoKit {
  readonly #origin: string;
  readonly #key: string;

  constructor(origin: string, key: string) {
    this.#origin = origin;
    this.#key = key;
  }

  /** Uploads the film, makes an asset of it, waits until it plays, and returns the asset's id. */
  async publish(film: string, preset = "mp4"): Promise<string> {
    const id = await this.create(film, preset);
    await this.plays(id);
    return id;
  }

  /** Uploads the film and makes an asset of it, with captions of other files; returns the asset's id. */
  async create(
    film: string,
    preset: string,
    captions: readonly Caption[] = [],
  ): Promise<string> {
    const fileId = await this.#upload(film);
    const beside = [];
    for (const { file, language } of captions) {
      const track = {
        trackSelector: { trackId: "captions_1" },
        type: "Captions",
        language,
      };
      beside.push({
        fileId: await this.#upload(file),
        transcodingTracks: [track],
      });
    }
    const { id } = await this.#call<{ id: string }>("POST", "/vod/v1/assets", {
      transcodedSources: [{ fileId, fileTypesFlag: "Video, Audio" }, ...beside],
      preset,
      title: path.basename(film),
    });
    return id;
  }

  /** Waits until the asset plays, be it not all of it yet. */
  async plays(id: string): Promise<void> {
    await until(`asset ${id} is available`, 60, async () => {
      const asset = await this.#call<Asset>("GET", `/vod/v1/assets/${id}`);
      if (asset.status === "Error")
        throw new Error(`asset ${id} failed: ${asset.errorMessage}`);
      return asset.status === "Available" ? asset : null;
    });
  }

  /** Waits until all that the asset's preset asks for is made. */
  async completes(id: string): Promise<void> {
    await until(`asset ${id} is complete`, 100, async () => {
      const { outputs } = await this.#call<{ outputs: Output[] }>(
        "GET",
        `/vod/v1/assets/${id}`,
      );
      const failed = outputs.find((output) => output.status === "Error");
      if (failed) throw new Error(`${failed.preset}: ${failed.errorMessage}`);
      const complete = outputs.every((output) => output.status === "Available");
      return outputs.length > 0 && complete ? true : null;
    });
  }

  /** The heights of the qualities that viewers are offered now, from the multivariant playlist. */
  async qualities(id: string): Promise<number[]> {
    const response = await fetch(`${this.#origin}/play/${id}/hls/master.m3u8`);
    const playlist = await response.text();
    if (!response.ok)
      throw new Error(`the playlist was answered ${response.status}`);
    return Array.from(
      playlist.matchAll(/^#EXT-X-STREAM-INF:.*RESOLUTION=\d+x(\d+)/gm),
      (match) => Number(match[1]),
    );
  }

  /** What the first media playlist lists now; null before there is one. */
  async listed(
    id: string,
  ): Promise<{ readonly seconds: number; readonly growing: boolean } | null> {
    const base = `${this.#origin}/play/${id}/hls/`;
    const master = await fetch(`${base}master.m3u8`);
    if (!master.ok) return null;
    const name = (await master.text())
      .split("\n")
      .find((line) => line !== "" && !line.startsWith("#"));
    const media = await fetch(base + name);
    if (!media.ok) return null;
    const playlist = await media.text();
    const lengths = Array.from(
      playlist.matchAll(/^#EXTINF:([\d.]+)/gm),
      (match) => Number(match[1]),
    );
    if (lengths.length === 0) return null;
    return {
      seconds: lengths.reduce((sum, length) => sum + length, 0),
      growing: !playlist.includes("#EXT-X-ENDLIST"),
    };
  }

  /** Waits until viewers are offered these qualities, in any order. */
  async offers(id: string, heights: readonly number[]): Promise<void> {
    const wanted = sorted(heights).join();
    await until(`asset ${id} is offered in ${wanted} lines`, 100, async () =>
      sorted(await this.qualities(id)).join() === wanted ? true : null,
    );
  }

  async #upload(film: string): Promise<string> {
    const name = path.basename(film);
    const { size: fileSize } = await stat(film);
    const start = { name, friendlyName: name, fileSize };
    const file = await this.#call<StartedFile>(
      "POST",
      "/vod/v1/files/start",
      start,
    );
    const parts: FinishedPart[] = [];
    const source = await open(film);
    try {
      for (let partNumber = 1; partNumber <= file.partsCount; partNumber += 1) {
        const offset = (partNumber - 1) * file.partSize;
        const bytes = new Uint8Array(
          Math.min(file.partSize, fileSize - offset),
        );
        await source.read(bytes, 0, bytes.length, offset);
        parts.push({
          partNumber,
          eTag: await putPart(await this.#partUrl(file, partNumber), bytes),
        });
      }
    } finally {
      await source.close();
    }
    await this.#call("POST", "/vod/v1/files/complete", {
      fileId: file.fileId,
      parts,
    });
    return file.fileId;
  }

  /** The start may answer fewer addresses than there are parts; the others are asked for one by one. */
  async #partUrl(file: StartedFile, partNumber: number): Promise<string> {
    const given = file.multipartUrls[partNumber - 1];
    if (given !== undefined) return given;
    const { url } = await this.#call<{ url: string }>(
      "GET",
      `/vod/v1/files/${file.fileId}/part/${partNumber}`,
    );
    return url;
  }

  async #call<T>(method: string, route: string, body?: object): Promise<T> {
    const response = await fetch(this.#origin + route, {
      method,
      headers: {
        "X-Api-Key": this.#key,
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(
        `${method} ${route} answered ${response.status}: ${text}`,
      );
    return JSON.parse(text) as T;
  }
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

async function putPart(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await fetch(url, { method: "PUT", headers, body: bytes });
  const eTag = response.headers.get("ETag");
  if (!response.ok || !eTag)
    throw new Error(`a part was answered ${response.status} with ETag ${eTag}`);
  return eTag;
}
