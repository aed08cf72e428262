// Runs every *.test.ts below the named folders in one process: node scripts/test.mjs <name> <folder>...
//
// One process lets suites share what is costly to set up, such as a running server and a browser.
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { bundle, webRoot } from "./bundle.mjs";

const [name, ...folders] = process.argv.slice(2);
if (!name || folders.length === 0) throw new Error("usage: test.mjs <name> <folder>...");
process.chdir(webRoot);
const files = [];
for (const folder of folders) {
  for (const entry of await readdir(folder, { recursive: true })) {
    if (entry.endsWith(".test.ts")) files.push(path.posix.join(folder, entry));
  }
}
if (files.length === 0) throw new Error(`no *.test.ts below ${folders.join(", ")}`);
const imports = files.sort().map((file) => `import "${file.startsWith(".") ? file : `./${file}`}";`);
const program = await bundle(`${name}.test`, imports.join("\n"));
const filters = process.env.KINORA_TEST_NAME ? ["--test-name-pattern", process.env.KINORA_TEST_NAME] : [];
const child = spawn(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-reporter=spec", ...filters, program],
  { stdio: "inherit" },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
