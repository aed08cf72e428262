// Random faults over a real batch: `node main.mjs --kinora PROGRAM --data FOLDER [--faults 200] [--seed N]`.
// FOLDER should be a small disk of its own, so that it can be filled; see scripts/faults.sh.
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Batch } from "./batch.mjs";
import { makeFilms } from "./films.mjs";
import { Fleet } from "./fleet.mjs";
import { WRONGS, faultsOf } from "./verify.mjs";

const { values } = parseArgs({
  options: {
    kinora: { type: "string" },
    data: { type: "string" },
    faults: { type: "string", default: "200" },
    seed: {
      type: "string",
      default: String(Math.floor(Math.random() * 2 ** 31)),
    },
  },
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text) => process.stdout.write(`${text}\n`);

// Mulberry32: a small generator is enough, as long as its seed is printed.
let state = Number(values.seed);
const chance = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (items) => items[Math.floor(chance() * items.length)];

/** Longer than a lease of 30 seconds. */
const STOPPED_MS = 35_000;
/** Assets under way at a time, and in all. */
const AT_A_TIME = 4;
/** How long everything may take to come to its end, undisturbed. */
const PATIENCE_MS = 15 * 60_000;

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
const work = mkdtempSync(path.join(tmpdir(), "kinora-faults-"));
const films = makeFilms(work);
const fleet = new Fleet({
  kinora: values.kinora,
  data: values.data,
  port,
  workers: 2,
});
const key = execFileSync(values.kinora, ["key", "create", "--name", "faults"], {
  env: { PATH: process.env.PATH, KINORA_DATA_DIR: values.data },
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
})
  .trim()
  .split("\n")
  .at(-1);
const batch = new Batch({ port, key, films });
await fleet.startServer();
fleet.startWorkers();
say(`seed ${values.seed}, ${values.faults} faults`);

/** Each does one fault and gives what it was, or nothing where there was no occasion. */
const faults = {
  "server killed": async () => (await fleet.killServer(), true),
  "worker killed": async () => (await fleet.killWorker(pick), true),
  "program killed": () => strike((pid) => process.kill(pid, "SIGKILL")),
  "program out of memory": () =>
    strike((pid) =>
      execFileSync("prlimit", [`--pid=${pid}`, "--as=33554432"], {
        stdio: "ignore",
      }),
    ),
  "disk full": async () => (await fillDisk(), true),
  "worker stopped past its lease": () => stopWorker(),
};
const weights = [
  "server killed",
  "worker killed",
  "worker killed",
  "program killed",
  "program killed",
  "program out of memory",
];

function strike(how) {
  const programs = fleet.programs();
  if (programs.length === 0) return false;
  try {
    how(pick(programs).pid);
    return true;
  } catch {
    // It ended a moment before.
    return false;
  }
}

async function fillDisk() {
  const filler = path.join(values.data, "filler");
  const file = openSync(filler, "w");
  try {
    const { bavail, bsize } = statfsSync(values.data);
    const piece = Buffer.alloc(1 << 20, 0x55);
    for (let left = bavail * bsize; left > 0; left -= piece.length)
      writeSync(file, piece);
  } catch {
    // Full: that is what it is for.
  }
  await pause(1_500);
  closeSync(file);
  unlinkSync(filler);
}

let stopped = 0;
function stopWorker() {
  const worker = pick(fleet.workers);
  if (stopped > 0 || worker.exitCode !== null || worker.signalCode !== null)
    return false;
  stopped += 1;
  worker.kill("SIGSTOP");
  setTimeout(() => {
    worker.kill("SIGCONT");
    stopped -= 1;
  }, STOPPED_MS);
  return true;
}

// The batch goes on beside the faults: a new asset whenever there are few under way.
const begun = Date.now();
let going = true;
let pending = 0;
const errors = [];
const feeding = (async () => {
  let next = 0;
  while (going) {
    if (pending < AT_A_TIME && (await batch.jobs()).moving < 12) {
      pending += 1;
      const film = films[next++ % films.length];
      batch
        .publish(film)
        .catch((error) => errors.push(String(error)))
        .finally(() => (pending -= 1));
    }
    await pause(300);
  }
})();

const done = {};
for (let count = 0; count < Number(values.faults);) {
  await pause(200 + chance() * 1_300);
  const stopNow = count % 20 === 10;
  const kind = stopNow
    ? "worker stopped past its lease"
    : count % 12 === 6
      ? "disk full"
      : pick(weights);
  if (await faults[kind]()) {
    done[kind] = (done[kind] ?? 0) + 1;
    count += 1;
  } else if (stopNow || kind !== "disk full") {
    // No occasion: another one takes its place.
    await fleet.killWorker(pick);
    done["worker killed"] = (done["worker killed"] ?? 0) + 1;
    count += 1;
  }
  await fleet.heal();
}
going = false;
await feeding;
while (pending > 0 || stopped > 0) await pause(100);
await fleet.heal();
const disturbed = Date.now() - begun;

// Undisturbed from here on. What was parked by a row of faults on one job is what an operator replays.
const jobs = (...args) =>
  execFileSync(values.kinora, ["jobs", ...args], {
    env: { PATH: process.env.PATH, KINORA_DATA_DIR: values.data },
    encoding: "utf8",
  });
let replayed = 0;
const until = Date.now() + PATIENCE_MS;
for (;;) {
  const { moving, waiting, parked } = await batch.jobs();
  if (moving + waiting + parked === 0) break;
  if (moving === 0 && parked > 0) {
    replayed += parked;
    jobs("replay", "--all");
  }
  if (Date.now() > until) {
    errors.push(`jobs are left:\n${jobs("list")}`);
    break;
  }
  await pause(500);
}

const settled = Date.now() - begun - disturbed;

const wrongs = Object.fromEntries(WRONGS.map((wrong) => [wrong, 0]));
for (const asset of batch.assets) {
  for (const { wrong, words } of await faultsOf(batch, work, asset)) {
    wrongs[wrong] += 1;
    errors.push(`${wrong}: ${words}`);
  }
}
// Nothing is to be done any more, so no program is anybody's.
const orphans = fleet.programs().length;
if (orphans > 0) errors.push(`${orphans} programs that nobody waits for`);
const told = (words) => fleet.log.split(words).length - 1;
const attempts = [
  ["attempts that failed and were repeated", "a job failed and is tried again"],
  ["leases lost in the middle of the work", "a lease was lost in the middle"],
  ["panics", "panicked"],
].map(([name, words]) => [name, told(words)]);
if (told("panicked") > 0) errors.push("something panicked");
await fleet.stop();

const objects = () =>
  readdirSync(path.join(values.data, "objects"), {
    recursive: true,
    withFileTypes: true,
  }).filter((entry) => entry.isFile()).length;
// The first start sweeps what crashes left.
fleet.log = "";
await fleet.startServer("all");
const sweep = /objects that nothing refers to were removed".*?"orphans":(\d+)/;
const swept = Number(sweep.exec(fleet.log)?.[1] ?? 0);
await fleet.stop();
// From then on every object on the disk has a row: the second start finds nothing.
const kept = objects();
fleet.log = "";
await fleet.startServer("all");
if (objects() !== kept || sweep.test(fleet.log))
  errors.push("there were objects without a row after the first start");
// And every reference to an object is somebody's: without assets, the uploads alone are left.
const count = async (list) =>
  (await batch.json("GET", `/vod/v1/${list}?limit=1`)).totalCount;
for (;;) {
  const { items } = await batch.json("GET", "/vod/v1/assets?limit=100");
  if (items.length === 0) break;
  for (const { id } of items)
    await batch.json("DELETE", `/vod/v1/assets/${id}`);
}
const files = await count("files");
for (let patience = 100; objects() !== files && patience > 0; patience -= 1)
  await pause(100);
const unowned = objects() - files;
if (unowned !== 0)
  errors.push(`${files} files, ${objects()} objects when no asset is left`);
await fleet.stop();
const scratch = readdirSync(path.join(values.data, "scratch")).length;
if (scratch > 0) errors.push(`${scratch} files are left in scratch`);
// A run that never hit what it is for proves nothing.
const never = Object.keys(faults).filter((kind) => !done[kind]);
if (Number(values.faults) >= 100 && never.length > 0)
  errors.push(`never done: ${never.join(", ")}`);

const rows = [
  ...Object.entries(done),
  ["assets acknowledged", batch.assets.length],
  ["requests refused and repeated", batch.refused],
  ...attempts,
  ["jobs parked and replayed", replayed],
  ["seconds of faults", Math.round(disturbed / 1_000)],
  ["seconds until all was finished", Math.round(settled / 1_000)],
  ...WRONGS.map((wrong) => [`assets ${wrong}`, wrongs[wrong]]),
  ["programs that nobody waits for", orphans],
  ["objects of crashes swept at the next start", swept],
  ["objects that nobody owns after that", unowned],
  ["files left in scratch", scratch],
];
say("| what | how many |\n| --- | ---: |");
for (const [name, value] of rows) say(`| ${name} | ${value} |`);
for (const error of errors) say(`WRONG: ${error}`);
rmSync(work, { recursive: true, force: true });
process.exit(errors.length === 0 ? 0 : 1);
