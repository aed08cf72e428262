import assert from "node:assert/strict";
import { RATE } from "../films";
import type { Recorded, ShownPicture } from "./recording";

/** In pictures: what a clock may be off for a moment without anybody calling it a jump. */
const TOLERANCE = 3;
/** Pictures in a row that a busy machine may fail to show: a second of them. A player that loses a segment misses more. */
const GAP_AT_MOST = RATE;
/** The share of pictures that a busy machine may fail to show in time. */
const DROPPED_AT_MOST = 0.1;

/**
 * Asserts what every viewer expects of a film that plays without being touched: each picture at its time, time that
 * goes on as the clock on the wall does, buffers without holes.
 */
export function assertSeamless(recorded: Recorded): void {
  const { pictures, troubles, holes, dropped, total } = recorded;
  assert.deepEqual(troubles, []);
  assert.deepEqual(holes, []);
  assertNumbered(pictures);
  assert.deepEqual(jumps(pictures), []);
  assert.ok(
    dropped <= total * DROPPED_AT_MOST,
    `${dropped} of ${total} pictures were dropped`,
  );
}

/**
 * Where time ran ahead or stood still.
 *
 * The element's clock is held against that on the wall. A page that is busy reads it late, which makes single readings
 * too small; so the largest lead of each half second counts, which a true jump shifts for good.
 */
function jumps(pictures: readonly ShownPicture[]): string[] {
  const leads = new Map<number, number>();
  for (const { currentTime, wall } of pictures) {
    const window = Math.floor(currentTime * 2);
    leads.set(
      window,
      Math.max(leads.get(window) ?? -Infinity, currentTime - wall),
    );
  }
  return pairs([...leads]).flatMap(([[, before], [window, after]]) => {
    const jump = (after - before) * RATE;
    return Math.abs(jump) > TOLERANCE
      ? [`${jump.toFixed(1)} pictures at ${window / 2} s`]
      : [];
  });
}

/** Asserts that each picture is the one that belongs to its time, and none comes twice or late. */
export function assertNumbered(pictures: readonly ShownPicture[]): void {
  assert.ok(
    pictures.length > RATE,
    `only ${pictures.length} pictures were shown`,
  );
  const wrong = pictures.filter(
    ({ time, number }) => number !== Math.round(time * RATE),
  );
  assert.deepEqual(wrong, []);
  const back = pairs(pictures).filter(
    ([before, after]) => after.number <= before.number,
  );
  assert.deepEqual(back, []);
  const missing = pairs(pictures)
    .filter(([before, after]) => after.number - before.number > GAP_AT_MOST)
    .map(([before, after]) => `${before.number} to ${after.number}`);
  assert.deepEqual(missing, []);
}

/** The heights that were shown, each time that they changed. */
export function heightsInTurn(pictures: readonly ShownPicture[]): number[] {
  return pictures
    .map(({ height }) => height)
    .filter((height, index, all) => height !== all[index - 1]);
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.slice(1).map((item, index): [T, T] => [items[index] as T, item]);
}
