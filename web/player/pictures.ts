import { passQuery } from "./address";

/** Where the pictures of an asset are, and what opens them. */
export type PictureSource = {
  /** The path of the asset, without a slash at its end. */
  readonly asset: string;
  /** The path of its manifest. */
  readonly manifest: string;
  /** The query with a proof that they are asked for with; null where the manifest tells it. */
  readonly proof: string | null;
  /** Whether there is to be a poster: who begins at once sees none. */
  readonly poster: boolean;
  /** Whether there are to be small pictures over the time bar: their times are those of the whole film. */
  readonly preview: boolean;
};

/**
 * What shows a film before it plays and over its time bar: the poster, and small pictures.
 *
 * Neither is asked for before it is known that there is one: of sound there are no pictures, and of a film that is still
 * being made nobody knows how many small ones there will be.
 */
export class Pictures {
  readonly #video: HTMLVideoElement;
  readonly #source: PictureSource;
  #proof: Promise<string> | null = null;
  #pictured = false;
  #whole = false;
  #begun = false;

  constructor(video: HTMLVideoElement, source: PictureSource) {
    this.#video = video;
    this.#source = source;
  }

  /** The asset has a picture. */
  pictured(): void {
    if (this.#pictured) return;
    this.#pictured = true;
    if (this.#source.poster) void this.#poster();
    this.#preview();
  }

  /** All of the asset is there. */
  whole(): void {
    this.#whole = true;
    this.#preview();
  }

  #preview(): void {
    if (this.#begun || !this.#pictured || !this.#whole || !this.#source.preview) return;
    this.#begun = true;
    void this.#track();
  }

  async #poster(): Promise<void> {
    this.#video.poster = await this.#path("poster");
  }

  /** A text track by the name that the controls look for. */
  async #track(): Promise<void> {
    const track = document.createElement("track");
    track.kind = "metadata";
    track.label = "thumbnails";
    track.default = true;
    track.src = await this.#path("storyboard.vtt");
    this.#video.append(track);
  }

  async #path(name: string): Promise<string> {
    const { asset, manifest, proof } = this.#source;
    this.#proof ??= proof === null ? passOf(manifest) : Promise.resolve(proof);
    return `${asset}/${name}${await this.#proof}`;
  }
}

/** The pass in a signed manifest. */
async function passOf(manifest: string): Promise<string> {
  try {
    return passQuery(await (await fetch(manifest)).text());
  } catch {
    return "";
  }
}
