// The processes under test: one server that only answers, and workers beside it.
import { spawn } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Fleet {
  constructor({ kinora, data, port, workers }) {
    Object.assign(this, { kinora, data, port, count: workers });
    this.log = "";
    this.workers = [];
  }

  start(args) {
    const env = {
      PATH: process.env.PATH,
      KINORA_DATA_DIR: this.data,
      KINORA_LISTEN: `127.0.0.1:${this.port}`,
      KINORA_RESERVE_BYTES: "8388608",
      KINORA_ENCODE_CONCURRENCY: "1",
      KINORA_RATE_LIMIT: "0",
      KINORA_LOG: "info,kinora_edge=error",
      KINORA_LOG_FORMAT: "json",
    };
    const child = spawn(this.kinora, args, {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.on("data", (bytes) => (this.log += bytes));
    child.gone = new Promise((resolve) => child.on("exit", resolve));
    return child;
  }

  async startServer(role = "api") {
    this.server = this.start(["serve", "--role", role]);
    await this.answering();
  }

  startWorkers() {
    while (this.workers.length < this.count)
      this.workers.push(this.start(["worker"]));
  }

  /** Waits until the server answers; one that cannot start, on a full disk perhaps, is started again. */
  async answering() {
    for (;;) {
      if (this.server.exitCode !== null || this.server.signalCode !== null) {
        this.server = this.start(this.server.spawnargs.slice(1));
      }
      try {
        if ((await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok) return;
      } catch {
        // Not listening yet.
      }
      await pause(50);
    }
  }

  /** Starts what is gone. */
  async heal() {
    this.workers = this.workers.filter(
      (worker) => worker.exitCode === null && worker.signalCode === null,
    );
    this.startWorkers();
    await this.answering();
  }

  async killServer() {
    this.server.kill("SIGKILL");
    await this.server.gone;
  }

  async killWorker(pick) {
    const worker = pick(this.workers);
    worker.kill("SIGKILL");
    await worker.gone;
  }

  /** ffmpeg and ffprobe processes that stand in a folder of ours, with their parents. */
  programs() {
    const scratch = path.join(this.data, "scratch");
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(scratch)) return [];
          const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
          const parent = Number(
            stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1],
          );
          return [{ pid: Number(pid), parent }];
        } catch {
          return [];
        }
      });
  }

  async stop() {
    const all = [this.server, ...this.workers];
    for (const child of all) child.kill("SIGTERM");
    await Promise.all(all.map((child) => child.gone));
    this.workers = [];
  }
}
