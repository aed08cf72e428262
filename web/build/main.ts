import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BundledPage, bundlePage, scalarSources, writePage } from "./bundle";
import { compressBeside } from "./compress";
import { type InventoryEntry, inventoryEntry, isCompressible } from "./inventory";
import { licenseNotices, packageOf } from "./licenses";
import { PAGES } from "./pages";

const DIST = "dist";

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST);

const pages: BundledPage[] = [];
for (const page of PAGES) pages.push(await bundlePage(page, DIST));
const inputs = pages.flatMap((page) => page.inputs);
const sources = [...inputs, ...(await scalarSources(inputs))];
const licenses = path.join(DIST, "licenses.txt");
await writeFile(licenses, await licenseNotices(sources.map(packageOf).filter((name) => name !== null)));
for (const page of pages) await writePage(page, DIST, licenses);

const files = await writeInventory();
const total = files.reduce((sum, file) => sum + file.bytes, 0);
process.stdout.write(`web: ${files.length} files, ${Math.round(total / 1024)} KiB in ${DIST}\n`);

/** Compresses what is worth it and writes manifest.json, which lists all files but itself. */
async function writeInventory(): Promise<InventoryEntry[]> {
  const files: InventoryEntry[] = [];
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.posix.join(path.relative(DIST, entry.parentPath), entry.name));
  for (const file of paths.sort()) {
    const content = await readFile(path.join(DIST, file));
    const compressible = isCompressible(file, content.byteLength);
    files.push(
      inventoryEntry(file, content, compressible ? await compressBeside(path.join(DIST, file), content) : []),
    );
  }
  await writeFile(path.join(DIST, "manifest.json"), `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
  return files;
}
