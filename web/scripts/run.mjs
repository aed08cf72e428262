// Runs a TypeScript program: node scripts/run.mjs build/main.ts
import process from "node:process";
import { pathToFileURL } from "node:url";
import { bundle, webRoot } from "./bundle.mjs";

const [program] = process.argv.slice(2);
if (!program) throw new Error("usage: run.mjs <program.ts>");
process.chdir(webRoot);
const file = await bundle(program.replaceAll(/[^a-z]/g, "-"), `import "./${program}";`);
await import(pathToFileURL(file).href);
