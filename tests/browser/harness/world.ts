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
  /** Films and assets by what they were made of. */
  readonly #made = new Map<string, Promise<string>>();
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
  asset(film: FilmName, preset = "mp4"): Promise<string> {
    return this.#once(`${film} ${preset}`, async () =>
      (await this.api()).publish(await this.film(film), preset),
    );
  }

  /** The id of an asset that plays the film in this file. */
  assetOf(file: string, preset = "mp4"): Promise<string> {
    return this.#once(`${file} ${preset}`, async () =>
      (await this.api()).publish(file, preset),
    );
  }

  /** The path of the film. */
  film(film: FilmName): Promise<string> {
    return this.#once(film, async () => makeFilm(film, await this.#scratch()));
  }

  /** The API of the server. */
  async api(): Promise<VideoKit> {
    const { origin, apiKey } = await this.server();
    return new VideoKit(origin, apiKey);
  }

  async end(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#made.get(key) ?? make();
    this.#made.set(key, known);
    return known;
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
