import { setTimeout as delay } from "node:timers/promises";

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 500;

/**
 * Asks for something outside of this process, ever less often, until it is there.
 *
 * `attempt` answers null for "not yet"; what it throws ends the waiting.
 */
export async function until<T>(
  what: string,
  seconds: number,
  attempt: () => Promise<T | null>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (
    let wait = FIRST_DELAY_MS;
    ;
    wait = Math.min(wait * 1.5, LONGEST_DELAY_MS)
  ) {
    const result = await attempt();
    if (result !== null) return result;
    if (performance.now() + wait > deadline)
      throw new Error(`waited ${seconds} s until ${what}`);
    await delay(wait);
  }
}
