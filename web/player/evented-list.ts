/**
 * A list whose entries are read by index or by iteration and whose changes are events: the form that media
 * elements give their track lists, and that the controls read.
 */
export class EventedList<T> extends EventTarget implements Iterable<T> {
  readonly [index: number]: T;
  #items: readonly T[] = [];
  readonly #changed: string;

  /** `changed` is the type of the event that tells of new entries. */
  constructor(changed: string) {
    super();
    this.#changed = changed;
  }

  get length(): number {
    return this.#items.length;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }

  /** Puts these entries in the place of all others. */
  replace(items: readonly T[]): void {
    for (let index = items.length; index < this.#items.length; index += 1)
      Reflect.deleteProperty(this, index);
    items.forEach((item, index) => {
      Object.defineProperty(this, index, { value: item, configurable: true, enumerable: true });
    });
    this.#items = [...items];
    this.dispatchEvent(new Event(this.#changed));
  }
}
