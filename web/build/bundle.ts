import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Metafile } from "esbuild";
import { fillTemplate, type Page } from "./pages";

const SCALAR = "node_modules/@scalar/api-reference/dist/browser";
const HLS_WORKER = "node_modules/hls.js/dist/hls.worker.js";

/** A bundled page, still without its HTML. */
export type BundledPage = {
  readonly page: Page;
  /** The source files that went in. */
  readonly inputs: readonly string[];
  readonly script: string;
  readonly style: string;
};

/** Bundles the script and the style of a page into dist. */
export async function bundlePage(page: Page, dist: string): Promise<BundledPage> {
  const assets = path.join(dist, page.assets);
  await mkdir(assets, { recursive: true });
  const worker = page.source === "player" ? await copyHashed(HLS_WORKER, assets) : null;
  const { metafile } = await build({
    entryPoints: { main: `./${page.source}/main.ts` },
    outdir: assets,
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    minify: true,
    legalComments: "none",
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    metafile: true,
    define: worker ? { HLS_WORKER_FILE: JSON.stringify(`./${worker}`) } : {},
    alias: { "@scalar/api-reference/dist/browser": `./${SCALAR}` },
    logLevel: "warning",
  });
  const [script, style] = entryFiles(metafile, page.source);
  return { page, inputs: [...Object.keys(metafile.inputs), ...(worker ? [HLS_WORKER] : [])], script, style };
}

/** Writes the HTML of a page. `licenses` is the file with the notices of all packages. */
export async function writePage(bundled: BundledPage, dist: string, licenses: string): Promise<void> {
  const { page, script, style } = bundled;
  const assets = path.join(dist, page.assets);
  const values = {
    script: page.prefix + script,
    style: page.prefix + style,
    icon: page.prefix + (await copyHashed("shared/icon.svg", assets)),
    ...(page.showsLicenses ? { licenses: page.prefix + (await copyHashed(licenses, assets)) } : {}),
  };
  const html = fillTemplate(await readFile(path.join(page.source, "index.html"), "utf8"), values);
  await writeFile(path.join(dist, page.folder, "index.html"), html);
}

/** Scalar comes bundled from its package; its source maps tell what it was bundled from. */
export async function scalarSources(inputs: readonly string[]): Promise<string[]> {
  // A chunk without a map holds nothing but glue of the bundler.
  const maps = await Promise.all(
    inputs
      .filter((input) => input.startsWith(SCALAR) && existsSync(`${input}.map`))
      .map((input) => readFile(`${input}.map`, "utf8")),
  );
  return maps.flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources);
}

function entryFiles(metafile: Metafile, source: string): [script: string, style: string] {
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint !== `${source}/main.ts` || !output.cssBundle) continue;
    return [path.basename(file), path.basename(output.cssBundle)];
  }
  throw new Error(`${source} has no script with a style sheet`);
}

/** Copies a file under a name with a hash of its content, in the form of esbuild's names. */
async function copyHashed(source: string, folder: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(source))
    .digest("hex");
  const { name, ext } = path.parse(source);
  const file = `${name}-${hash.slice(0, 8).toUpperCase()}${ext}`;
  await copyFile(source, path.join(folder, file));
  return file;
}
