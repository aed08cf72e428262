import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { type Browser, chromium } from "playwright-core";
import { type FilmName, makeFilm } from "../films";
import { VideoKit } from "./api";
import { type Server, startServer } from "./server";

/** What all suites share: one server, one browser, and each film published once. */
class World {
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #films = new Map<string, Promise<string>>();
  #server: Promise<Server> | undefined;
  #browser: Promise<Browser> | undefined;
  #folder: Promise<string> | undefined;

  server(): Promise<Server> {
    this.#server ??= startServer().then((server) => {
      this.#undo.push(() => server.stop());
      return server;
    });
    return this.#server;
  }

  browser(): Promise<Browser> {
    this.#browser ??= launchBrowser().then((browser) => {
      this.#undo.push(() => browser.close());
      return browser;
    });
    return this.#browser;
  }

  /** The id of an asset that plays this film. */
  asset(film: FilmName): Promise<string> {
    return this.#once(film, async () =>
      this.#publish(await makeFilm(film, await this.#scratch())),
    );
  }

  /** The id of an asset that plays the film in this file. */
  assetOf(file: string): Promise<string> {
    return this.#once(file, () => this.#publish(file));
  }

  async end(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#films.get(key) ?? make();
    this.#films.set(key, known);
    return known;
  }

  async #publish(file: string): Promise<string> {
    const { origin, apiKey } = await this.server();
    return new VideoKit(origin, apiKey).publish(file);
  }

  #scratch(): Promise<string> {
    this.#folder ??= mkdtemp(path.join(tmpdir(), "kinora-films-")).then(
      (folder) => {
        this.#undo.push(() => rm(folder, { recursive: true, force: true }));
        return folder;
      },
    );
    return this.#folder;
  }
}

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: false,
    args: [
      "--headless=new",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
}

export const world = new World();

after(() => world.end());
