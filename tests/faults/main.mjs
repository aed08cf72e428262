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
import { faultsOf } from "./verify.mjs";

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
    if (pending < AT_A_TIME && (await batch.unfinished()).unfinished < 12) {
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
  const { unfinished, parked } = await batch.unfinished();
  if (unfinished === 0 && parked === 0) break;
  if (unfinished === 0 && parked > 0) {
    replayed += parked;
    jobs("replay", "--all");
  }
  if (Date.now() > until) {
    errors.push(`jobs are left:\n${jobs("list")}`);
    break;
  }
  await pause(500);
}

for (const asset of batch.assets)
  errors.push(...(await faultsOf(batch, work, asset)));
await pause(1_000);
const orphans = fleet.programs().filter(({ parent }) => parent === 1);
if (orphans.length > 0)
  errors.push(`${orphans.length} programs without a parent`);
await fleet.stop();
const left = fleet.programs().length;
if (left > 0) errors.push(`${left} programs after the end`);

// The first start sweeps what crashes left, the second must find nothing.
const swept = async () => {
  fleet.log = "";
  await fleet.startServer("all");
  const found = Number(
    /objects that nothing refers to were removed".*?"orphans":(\d+)/.exec(
      fleet.log,
    )?.[1] ?? 0,
  );
  await fleet.stop();
  return found;
};
const firstSweep = await swept();
const secondSweep = await swept();
if (secondSweep > 0)
  errors.push(`${secondSweep} objects were swept only at the second start`);
const scratch = readdirSync(path.join(values.data, "scratch")).length;
if (scratch > 0) errors.push(`${scratch} files are left in scratch`);

const rows = [
  ...Object.entries(done),
  ["assets acknowledged", batch.assets.length],
  ["requests refused and repeated", batch.refused],
  ["jobs parked and replayed", replayed],
  ["objects of crashes swept at the next start", firstSweep],
  ["seconds of faults", Math.round(disturbed / 1_000)],
  [
    "seconds until all was finished and checked",
    Math.round((Date.now() - begun - disturbed) / 1_000),
  ],
  ["acknowledged and lost, or not finished, or not whole", errors.length],
];
for (const [name, value] of rows) say(`| ${name} | ${value} |`);
for (const error of errors) say(`WRONG: ${error}`);
rmSync(work, { recursive: true, force: true });
process.exit(errors.length === 0 ? 0 : 1);
