/** What a manifest says of a track that a viewer chooses by name. */
export type NamedTrack = {
  /** A BCP 47 or ISO 639 tag; empty or `und` when unknown. */
  readonly language: string;
  readonly name: string;
};

/**
 * Names for a menu, one for each track, in the viewer's language: "German", or "English · Commentary" where
 * the name says more than the language, or "Track 2" where neither says anything.
 */
export function trackLabels(tracks: readonly NamedTrack[], locales: readonly string[]): string[] {
  const names = new Intl.DisplayNames([...locales], { type: "language", fallback: "none" });
  const labels = tracks.map((track, index) => label(track, index, names));
  return labels.map((text, index) => (labels.indexOf(text) === index ? text : `${text} · ${index + 1}`));
}

/** Names that files carry because a program had to write something. */
const MEANINGLESS = /^(und|(audio|sound|track)?[ _-]*\d*|sound ?handler|core media audio)$/i;

function label(track: NamedTrack, index: number, names: Intl.DisplayNames): string {
  const given = track.name.trim();
  const name = MEANINGLESS.test(given) ? "" : given;
  const language = languageName(track.language, names);
  if (language === null) return name === "" ? `Track ${index + 1}` : name;
  return name === "" || repeats(name, track.language, language) ? language : `${language} · ${name}`;
}

function languageName(tag: string, names: Intl.DisplayNames): string | null {
  if (tag === "" || sameText(tag, "und")) return null;
  try {
    return capitalized(names.of(tag) ?? tag);
  } catch {
    // A tag that is not well formed is shown as it came.
    return tag;
  }
}

/** Whether the name is just the language again: its tag, or its name in English or in that language. */
function repeats(name: string, tag: string, language: string): boolean {
  return [tag, language, ownName(tag, "en"), ownName(tag, tag)].some((other) => sameText(name, other));
}

function ownName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
