/** What to do about an error that stopped the engine. */
export type Remedy =
  | { readonly kind: "reload"; readonly afterSeconds: number }
  | { readonly kind: "recover-media" }
  | { readonly kind: "swap-audio-codec" }
  | { readonly kind: "give-up" };

const RELOADS = 4;
/** A second media error this soon after a recovery means that the recovery did not help. */
const MEDIA_RECOVERY_SECONDS = 5;
const GIVE_UP: Remedy = { kind: "give-up" };

/**
 * Decides on fatal errors so that recovery is tried and always ends.
 *
 * Loading is taken up again after 1, 2, 4 and 8 seconds; media errors are recovered from, then once more with the other
 * kind of AAC signaling, as hls.js advises, and given up when errors go on in quick succession.
 */
export class Recovery {
  #reloads = 0;
  #mediaAttempts = 0;
  #lastMediaError = Number.NEGATIVE_INFINITY;

  network(): Remedy {
    if (this.#reloads >= RELOADS) return GIVE_UP;
    const afterSeconds = 2 ** this.#reloads;
    this.#reloads += 1;
    return { kind: "reload", afterSeconds };
  }

  /** `now` counts seconds of a clock that never runs backwards. */
  media(now: number): Remedy {
    if (now - this.#lastMediaError > MEDIA_RECOVERY_SECONDS) this.#mediaAttempts = 0;
    this.#lastMediaError = now;
    this.#mediaAttempts += 1;
    if (this.#mediaAttempts === 1) return { kind: "recover-media" };
    return this.#mediaAttempts === 2 ? { kind: "swap-audio-codec" } : GIVE_UP;
  }

  /** Media arrived: the network works. */
  progress(): void {
    this.#reloads = 0;
  }
}
