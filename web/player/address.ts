/** The stream format that the page plays. HLS is the default; DASH is loaded only when asked for. */
export type StreamFormat = "hls" | "dash";

/** What the address of the page says: where the server begins, and which asset to play. */
export type PlayerAddress = {
  /** The path prefix below which the server stands: empty, or `/prefix` without a trailing slash. */
  readonly base: string;
  readonly assetId: string;
};

const EMBED_PATH = /^(.*)\/embed\/([^/]+)\/?$/;
const ASSET_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Whether the text can be the id of an asset in any of the server's dialects. */
export function isAssetId(text: string): boolean {
  return ASSET_ID.test(text);
}

/** Reads `{base}/embed/{assetId}`; null when the path is none, or the id cannot be one. */
export function parseAddress(pathname: string): PlayerAddress | null {
  const match = EMBED_PATH.exec(pathname);
  const [, base, assetId] = match ?? [];
  if (base === undefined || assetId === undefined || !isAssetId(assetId)) return null;
  return { base, assetId };
}

/** Which part of the film to show. */
const PART = ["start", "end"];

/** What the page was given for the manifest: proofs of the right to watch, and the part. */
const HANDED_ON = ["token", "session", "expires", "signature", "pass", ...PART];

/** Proofs that open everything of an asset: a signature opens the manifest that it was made for. */
const OPENS_ALL = ["token", "session", "expires", "pass"];

/** The path below which the asset is played, on the origin of the page. */
export function assetPath(address: PlayerAddress): string {
  return `${address.base}/play/${address.assetId}`;
}

/** The path of the asset's manifest, on the origin of the page, with what of the page's query is meant for it. */
export function manifestPath(address: PlayerAddress, format: StreamFormat, search: string): string {
  const file = format === "dash" ? "dash/manifest.mpd" : "hls/master.m3u8";
  return `${assetPath(address)}/${file}${queryOf(search, HANDED_ON)}`;
}

/**
 * What pictures beside the manifest are asked for with, by what the page was given: a query, empty for none. Null where only
 * the manifest can tell, since the page was given a signature for that.
 */
export function proofQuery(search: string): string | null {
  return new URLSearchParams(search).has("signature") ? null : queryOf(search, OPENS_ALL);
}

/** The pass that a signed manifest hands on in its addresses, as a query; empty where there is none. */
export function passQuery(manifest: string): string {
  const [, expires, pass] = /\bexpires=(\d+)&(?:amp;)?pass=([\w.~%-]+)/.exec(manifest) ?? [];
  return expires && pass ? `?expires=${expires}&pass=${pass}` : "";
}

/** Whether the page shows a part of a film, whose times are not those of the film. */
export function showsPart(search: string): boolean {
  const query = new URLSearchParams(search);
  return PART.some((name) => query.has(name));
}

function queryOf(search: string, names: readonly string[]): string {
  const given = [...new URLSearchParams(search)].filter(([name]) => names.includes(name));
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}
