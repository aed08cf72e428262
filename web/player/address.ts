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

/** The path of the asset's manifest, on the origin of the page. */
export function manifestPath(address: PlayerAddress, format: StreamFormat): string {
  const file = format === "dash" ? "dash/manifest.mpd" : "hls/master.m3u8";
  return `${address.base}/play/${address.assetId}/${file}`;
}
