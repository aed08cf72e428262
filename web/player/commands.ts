import { type Command, commandFor, nextSpeed } from "./keyboard";
import type { Toast } from "./toast";

/** Carries out what keys ask for. */
export class Commands {
  readonly #video: HTMLVideoElement;
  readonly #controller: HTMLElement;
  readonly #toast: Toast;

  constructor(video: HTMLVideoElement, controller: HTMLElement, toast: Toast) {
    this.#video = video;
    this.#controller = controller;
    this.#toast = toast;
  }

  /** Listens on the whole page, so that keys work wherever the focus is. */
  listen(): void {
    window.addEventListener("keydown", (event) => {
      if (event.defaultPrevented) return;
      const command = commandFor(event, keysTaken(event.composedPath()));
      if (!command) return;
      event.preventDefault();
      this.#run(command);
    });
  }

  #run(command: Command): void {
    const video = this.#video;
    switch (command.name) {
      case "toggle-play":
        return this.#request(video.paused ? "mediaplayrequest" : "mediapauserequest");
      case "toggle-mute":
        this.#request(video.muted ? "mediaunmuterequest" : "mediamuterequest");
        return this.#toast.show(video.muted ? "Muted" : "Sound on");
      case "toggle-fullscreen":
        return this.#request(
          document.fullscreenElement ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest",
        );
      case "toggle-captions":
        return this.#request("mediatogglesubtitlesrequest");
      case "seek-by":
        this.#seek(video.currentTime + command.seconds);
        return this.#toast.show(`${command.seconds > 0 ? "+" : "−"}${Math.abs(command.seconds)} s`);
      case "seek-to":
        return this.#seek(video.duration * command.fraction);
      case "volume-by": {
        const volume = Math.min(Math.max(video.volume + command.amount, 0), 1);
        this.#request("mediavolumerequest", volume);
        return this.#toast.show(`Volume ${Math.round(volume * 100)} %`);
      }
      case "speed-step": {
        const speed = nextSpeed(video.playbackRate, command.direction);
        this.#request("mediaplaybackraterequest", speed);
        return this.#toast.show(`${speed}×`);
      }
    }
  }

  #seek(seconds: number): void {
    if (!Number.isFinite(this.#video.duration)) return;
    this.#request("mediaseekrequest", Math.min(Math.max(seconds, 0), this.#video.duration));
  }

  /** Goes the way of the buttons, which keeps their state and remembers the volume. */
  #request(type: string, detail?: unknown): void {
    this.#controller.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }
}

/** The keys that the focused control, or one around it, uses itself. */
function keysTaken(path: readonly EventTarget[]): string[] {
  return path.flatMap((target) => {
    if (target instanceof HTMLButtonElement) return [" ", "Enter"];
    const keys = "keysUsed" in target ? target.keysUsed : [];
    return Array.isArray(keys) ? keys.map(String) : [];
  });
}
