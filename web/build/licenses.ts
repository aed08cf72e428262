import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** The folder of the package that a source file belongs to, below node_modules; null for sources of our own. */
export function packageOf(source: string): string | null {
  const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source.replaceAll("\\", "/"));
  return match?.[1] ?? null;
}

/** The notices of the packages as one text, sorted by name. */
export async function licenseNotices(packages: Iterable<string>): Promise<string> {
  const notices = await Promise.all([...new Set(packages)].sort().map(noticeOf));
  const head = "The pages of Kinora contain the software below, under the licenses given with it.\n";
  return [head, ...notices].join(`\n${"=".repeat(80)}\n\n`);
}

async function noticeOf(name: string): Promise<string> {
  const folder = path.join("node_modules", name);
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const { version, license } = manifest as { version: string; license?: string | { type: string } };
  const spdx = typeof license === "object" ? license.type : license;
  if (!spdx) throw new Error(`${name} names no license`);
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  return [`${name} ${version} (${spdx})\n`, ...texts.map((text) => `${text.trim()}\n`)].join("\n");
}
