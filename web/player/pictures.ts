/**
 * What shows a film before it plays and over its time bar: the poster, and small pictures.
 *
 * Neither is asked for before it is known that there is one: of sound there are no pictures, and of a film that is still
 * being made nobody knows how many small ones there will be.
 */
export class Pictures {
  readonly #video: HTMLVideoElement;
  /** The path of the asset, without a slash at its end. */
  readonly #asset: string;
  readonly #poster: boolean;
  #pictured = false;
  #whole = false;
  #begun = false;

  /** `poster` says whether to show one: who begins at once sees none. */
  constructor(video: HTMLVideoElement, asset: string, poster: boolean) {
    this.#video = video;
    this.#asset = asset;
    this.#poster = poster;
  }

  /** The asset has a picture. */
  pictured(): void {
    if (this.#pictured) return;
    this.#pictured = true;
    if (this.#poster) this.#video.poster = `${this.#asset}/poster`;
    this.#preview();
  }

  /** All of the asset is there. */
  whole(): void {
    this.#whole = true;
    this.#preview();
  }

  /** A text track by the name that the controls look for. */
  #preview(): void {
    if (this.#begun || !this.#pictured || !this.#whole) return;
    this.#begun = true;
    const track = document.createElement("track");
    track.kind = "metadata";
    track.label = "thumbnails";
    track.default = true;
    track.src = `${this.#asset}/storyboard.vtt`;
    this.#video.append(track);
  }
}
