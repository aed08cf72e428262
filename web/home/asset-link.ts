import { isAssetId, parseAddress } from "../player/address";

/** Finds the asset that the text means: its id, or the address of its player. Null when it means none. */
export function assetIdIn(text: string): string | null {
  const trimmed = text.trim();
  if (isAssetId(trimmed)) return trimmed;
  try {
    return parseAddress(new URL(trimmed, "http://localhost/").pathname)?.assetId ?? null;
  } catch {
    return null;
  }
}
