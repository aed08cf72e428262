import { createCipheriv } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { BlockBlobClient } from "@azure/storage-blob";
import { until } from "./until";

export type Video = {
  readonly Id: string;
  readonly UploadUri: string | null;
  readonly ContentProtectionKeyId: string | null;
  readonly InputStorageEncryptionSymmetricKey: string | null;
  readonly InputStorageEncryptionIv: string | null;
};

type Asked = {
  readonly ContentProtectionMode?: "None" | "AES128";
  readonly InputStorageEncryptionMode?: "AES256";
};

type Status = { readonly StatusCode: number; readonly Message: string };

/** A client of the Azure Media Services Connector; bytes are sent by the vendor's own client for blobs. */
export class Connector {
  readonly #origin: string;
  readonly #key: string;

  constructor(origin: string, key: string) {
    this.#origin = origin;
    this.#key = key;
  }

  /** Goes the whole way with a film, until it plays. */
  async publish(film: string, asked: Asked = {}): Promise<Video> {
    const video = await this.create(film, asked);
    const bytes = encrypted(video, await readFile(film));
    const options = { blockSize: 65_536, maxSingleShotSize: 65_536 };
    await blob(video).uploadData(bytes, { ...options, concurrency: 4 });
    await this.complete(video);
    return video;
  }

  create(film: string, asked: Asked = {}): Promise<Video> {
    const body = { OriginalFileName: path.basename(film), ...asked };
    return this.#call("POST", "/api/Videos", body);
  }

  /** Marks the upload as complete, and waits until the video plays. */
  async complete({ Id }: Video): Promise<void> {
    await this.#call("POST", `/api/Videos/${Id}/MarkComplete`);
    await until(`video ${Id} is completed`, 60, async () => {
      const route = `/api/Videos/${Id}/Status`;
      const status = await this.#call<Status>("GET", route);
      if (status.StatusCode === 3) throw new Error(status.Message);
      return status.StatusCode === 2 ? true : null;
    });
  }

  /** Where the video is played in that way. */
  async endpoint({ Id }: Video, type: string): Promise<string> {
    const route = `/api/Videos/${Id}/PlaybackEndpoint?endpointType=${type}`;
    return (await this.#call<{ PlaybackUrl: string }>("GET", route))
      .PlaybackUrl;
  }

  /** What players send as `Authorization`. */
  async token({ Id, ContentProtectionKeyId }: Video): Promise<string> {
    const route = `/api/Videos/${Id}/AuthorizationToken?KeyId=${ContentProtectionKeyId}`;
    return (await this.#call<{ value: string }>("GET", route)).value;
  }

  async #call<T>(method: string, route: string, body?: object): Promise<T> {
    const response = await fetch(this.#origin + route, {
      method,
      headers: {
        Authorization: `Bearer ${this.#key}`,
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(
        `${method} ${route} answered ${response.status}: ${text}`,
      );
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}

/** The vendor's client for the blob of a video. What it does not manage is not tried again. */
export function blob({ UploadUri }: Video): BlockBlobClient {
  if (UploadUri === null) throw new Error("the upload is over");
  return new BlockBlobClient(UploadUri, undefined, {
    retryOptions: { maxTries: 1 },
  });
}

/** The bytes as they are to be sent: encrypted where the video has a key for that. */
function encrypted(video: Video, bytes: Buffer): Buffer {
  const { InputStorageEncryptionSymmetricKey: key } = video;
  const { InputStorageEncryptionIv: iv } = video;
  if (key === null || iv === null) return bytes;
  const cipher = createCipheriv(
    "aes-256-ctr",
    Buffer.from(key, "base64"),
    Buffer.from(iv, "base64"),
  );
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}
