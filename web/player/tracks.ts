import { EventedList } from "./evented-list";

/** One entry of the quality menu. */
export type Rendition = {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Bits per second. */
  readonly bitrate: number;
};

/** The qualities of the stream. Index -1 leaves the choice to the player. */
export class RenditionList extends EventedList<Rendition> {
  #selected = -1;
  /** Called when the viewer chooses; null means automatic. */
  onSelect: (rendition: Rendition | null) => void = () => {};

  constructor() {
    super("addrendition");
  }

  get selectedIndex(): number {
    return this.#selected;
  }

  set selectedIndex(index: number) {
    const rendition = this[index] ?? null;
    this.#selected = rendition ? index : -1;
    this.onSelect(rendition);
    this.dispatchEvent(new Event("change"));
  }

  override replace(items: readonly Rendition[]): void {
    const chosen = this[this.#selected]?.id;
    this.#selected = items.findIndex((item) => item.id === chosen);
    super.replace(items);
  }
}

/** One entry of the audio menu. */
export class AudioTrack {
  readonly kind = "main";
  readonly #list: AudioTrackList;

  constructor(
    readonly id: string,
    readonly label: string,
    readonly language: string,
    list: AudioTrackList,
  ) {
    this.#list = list;
  }

  get enabled(): boolean {
    return this.#list.enabledId === this.id;
  }

  /** Choosing a track silences the others, so that switching off is never asked for on its own. */
  set enabled(on: boolean) {
    if (on && !this.enabled) this.#list.choose(this.id);
  }
}

/** The audio tracks of the stream, of which one sounds. */
export class AudioTrackList extends EventedList<AudioTrack> {
  #enabledId: string | null = null;
  /** Called with the id when the viewer chooses. */
  onSelect: (id: string) => void = () => {};

  constructor() {
    super("addtrack");
  }

  get enabledId(): string | null {
    return this.#enabledId;
  }

  /** The same tracks again are no news: shaka-player answers every change of the list with an event of its own. */
  override replace(items: readonly AudioTrack[]): void {
    const same = items.length === this.length && items.every((item, index) => sameTrack(item, this[index]));
    if (!same) super.replace(items);
  }

  choose(id: string): void {
    this.markEnabled(id);
    this.onSelect(id);
  }

  /** Records what sounds without asking the engine for it. */
  markEnabled(id: string): void {
    if (this.#enabledId === id) return;
    this.#enabledId = id;
    this.dispatchEvent(new Event("change"));
  }
}

function sameTrack(a: AudioTrack, b: AudioTrack | undefined): boolean {
  return a.id === b?.id && a.label === b.label && a.language === b.language;
}

/**
 * Gives the element the track lists that the controls read. Engines fill them.
 *
 * They shadow lists of the browser's own, which know nothing of a stream fed through media source extensions.
 */
export function installTrackLists(video: HTMLVideoElement): {
  renditions: RenditionList;
  audio: AudioTrackList;
} {
  const renditions = new RenditionList();
  const audio = new AudioTrackList();
  Object.defineProperties(video, {
    videoRenditions: { value: renditions, configurable: true },
    audioTracks: { value: audio, configurable: true },
  });
  return { renditions, audio };
}
