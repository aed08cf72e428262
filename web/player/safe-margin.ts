/** Seconds in which the next segment is surely there. */
const HEADWAY = 2;

/**
 * How much of the buffer is kept when the quality changes, in seconds from the position on: to the end of the segment
 * that is on in a moment.
 *
 * The new quality replaces whole segments. If one were replaced while it is shown, its picture would stand still up to the
 * next key frame, which may be the next segment's.
 *
 * @param ends The ends of the segments that are buffered, in seconds, in any order.
 */
export function safeMargin(position: number, ends: Iterable<number>): number {
  const later = [...ends].filter((end) => end > position + HEADWAY);
  return later.length === 0 ? HEADWAY : Math.min(...later) - position;
}
