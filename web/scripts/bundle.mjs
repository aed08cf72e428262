import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The folder of package.json: every tool runs from here. */
export const webRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Turns one TypeScript program for Node.js into one JavaScript file and returns its path.
 *
 * The file lies below node_modules so that packages, which stay outside of it, resolve for sources
 * from anywhere in the repository. Node.js 20 does not run TypeScript by itself.
 */
export async function bundle(name, stdin) {
  const outfile = path.join(webRoot, "node_modules/.cache/kinora", `${name}.mjs`);
  await rm(outfile, { force: true });
  await build({
    stdin: { contents: stdin, resolveDir: webRoot, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "warning",
  });
  return outfile;
}
