import { createHash } from "node:crypto";
import path from "node:path";

/** One file of the build, as the server learns of it. */
export type InventoryEntry = {
  /** Below dist. */
  readonly path: string;
  /** Where the server shows it, relative to its root; `{assetId}` stands for any; null for what it does not show. */
  readonly url: string | null;
  readonly type: string;
  /** Whether the name holds a hash of the content, so that a client may keep it for good. */
  readonly immutable: boolean;
  readonly bytes: number;
  /** Hexadecimal, of the plain bytes. */
  readonly sha256: string;
  /** The compressed siblings there are, best first: `path.br`, `path.gz`. */
  readonly encodings: readonly Encoding[];
};

export type Encoding = "br" | "gz";

const TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".woff2", "font/woff2"],
]);

/** Folders of dist and where the server shows their files; the first that fits counts. */
const PLACES: readonly (readonly [folder: string, url: string | null])[] = [
  ["player/index.html", "embed/{assetId}"],
  ["player/assets/", "_player/"],
  ["docs/index.html", "docs/"],
  ["docs/", "docs/"],
  ["home/index.html", ""],
  ["home/assets/", "_home/"],
  ["licenses.txt", null],
];

/** The content type of a file; an unknown kind is a mistake in the build. */
export function contentType(file: string): string {
  const type = TYPES.get(path.extname(file));
  if (!type) throw new Error(`no content type is known for ${file}`);
  return type;
}

/** Whether compressing the file is worth it: text of more than 1 KiB. */
export function isCompressible(file: string, bytes: number): boolean {
  return bytes > 1024 && /^(text\/|image\/svg)/.test(contentType(file));
}

/** Where the server shows a file of dist. */
export function urlOf(file: string): string | null {
  for (const [folder, url] of PLACES) {
    if (file === folder) return url;
    if (url !== null && folder.endsWith("/") && file.startsWith(folder))
      return url + file.slice(folder.length);
  }
  throw new Error(`no address is known for ${file}`);
}

/** Describes a file. */
export function inventoryEntry(
  file: string,
  content: Uint8Array,
  encodings: readonly Encoding[],
): InventoryEntry {
  return {
    path: file,
    url: urlOf(file),
    type: contentType(file),
    immutable: /-[A-Z0-9]{8}\.[a-z0-9]+$/.test(file),
    bytes: content.byteLength,
    sha256: createHash("sha256").update(content).digest("hex"),
    encodings,
  };
}
