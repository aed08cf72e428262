import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Encoding } from "./inventory";

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Writes compressed siblings of a file, those that are smaller than it, and tells which. */
export async function compressBeside(file: string, content: Uint8Array): Promise<Encoding[]> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
  };
  const siblings: [Encoding, Uint8Array][] = [
    ["br", await brotli(content, { params })],
    ["gz", await deflate(content, { level: constants.Z_BEST_COMPRESSION })],
  ];
  const smaller = siblings.filter(([, bytes]) => bytes.byteLength < content.byteLength);
  for (const [encoding, bytes] of smaller) await writeFile(`${file}.${encoding}`, bytes);
  return smaller.map(([encoding]) => encoding);
}
