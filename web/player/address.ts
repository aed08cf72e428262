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

/** What the page was given for the manifest: proofs of the right to watch, and which part of the film to show. */
const HANDED_ON = ["token", "session", "expires", "signature", "pass", "start", "end"];

/** The path below which the asset is played, on the origin of the page. */
export function assetPath(address: PlayerAddress): string {
  return `${address.base}/play/${address.assetId}`;
}

/** The path of the asset's manifest, on the origin of the page, with what of the page's query is meant for it. */
export function manifestPath(address: PlayerAddress, format: StreamFormat, search: string): string {
  const file = format === "dash" ? "dash/manifest.mpd" : "hls/master.m3u8";
  const given = [...new URLSearchParams(search)].filter(([name]) => HANDED_ON.includes(name));
  const query = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
  return `${assetPath(address)}/${file}${query}`;
}
