import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { until } from "./until";

/** A running server with a store of its own. */
export type Server = {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The same over TLS, with a certificate that nobody else trusts. */
  readonly secureOrigin: string;
  readonly apiKey: string;
  /** Runs `kinora` on the store of the server and gives what it printed. */
  command(...words: string[]): Promise<string>;
  /** Ends the process and removes everything it kept. */
  stop(): Promise<void>;
};

const repository = path.resolve(process.cwd(), "..");

/** The program under test: KINORA_BIN, or what Cargo built for release. */
function program(): string {
  const target = process.env.CARGO_TARGET_DIR ?? "target";
  return path.resolve(
    repository,
    process.env.KINORA_BIN ?? path.join(target, "release/kinora"),
  );
}

/** Starts the server on an empty store and waits until it is ready. */
export async function startServer(): Promise<Server> {
  const folder = await mkdtemp(path.join(tmpdir(), "kinora-browser-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const secure = `127.0.0.1:${await freePort()}`;
  const [certificate, key] = await certify(folder);
  const apiKey = randomBytes(33).toString("base64url").slice(0, 43);
  const env = {
    // What is meant for these tests is nothing for the server.
    ...Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !name.startsWith("KINORA_"),
      ),
    ),
    KINORA_DATA_DIR: path.join(folder, "data"),
    KINORA_LISTEN: listen,
    KINORA_TLS_LISTEN: secure,
    KINORA_TLS_CERTIFICATE: certificate,
    KINORA_TLS_KEY: key,
    KINORA_BOOTSTRAP_API_KEY: apiKey,
  };
  const child = spawn(program(), ["serve"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const command = async (...words: string[]) => {
    const options = { cwd: folder, env };
    const { stdout } = await promisify(execFile)(program(), words, options);
    return stdout.trim();
  };
  const output = collect(child);
  // The program cannot outlive this process, however that ends.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    await end(child);
    process.off("exit", kill);
    await rm(folder, { recursive: true, force: true });
  };
  const origin = `http://${listen}`;
  try {
    await until("the server is ready", 30, async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error("the server ended");
      return (await answers(`${origin}/readyz`)) || null;
    });
  } catch (error) {
    await stop();
    throw new Error(`${program()} did not start\n${output()}`, {
      cause: error,
    });
  }
  return { origin, secureOrigin: `https://${secure}`, apiKey, command, stop };
}

/** Makes a certificate for this machine; gives the paths of it and of its key. */
async function certify(folder: string): Promise<[string, string]> {
  const [certificate, key] = [
    path.join(folder, "certificate.pem"),
    path.join(folder, "key.pem"),
  ];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const name = ["-subj", "/CN=127.0.0.1"];
  const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", certificate];
  const words = ["req", "-x509", ...kind, "-nodes", "-days", "2"];
  await promisify(execFile)("openssl", [...words, ...name, ...names, ...files]);
  return [certificate, key];
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string")
    throw new Error("no port was given");
  return address.port;
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk) => chunks.push(String(chunk)));
  child.on("error", (error) => chunks.push(String(error)));
  return () => chunks.join("");
}

/** Asks once, waits, then insists. */
async function end(child: ChildProcess): Promise<void> {
  if (
    child.pid === undefined ||
    child.exitCode !== null ||
    child.signalCode !== null
  )
    return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(insist);
}
