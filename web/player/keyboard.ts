/** What a key asks the player to do. */
export type Command =
  | { readonly name: "toggle-play" }
  | { readonly name: "toggle-mute" }
  | { readonly name: "toggle-fullscreen" }
  | { readonly name: "toggle-captions" }
  | { readonly name: "seek-by"; readonly seconds: number }
  | { readonly name: "seek-to"; readonly fraction: number }
  | { readonly name: "volume-by"; readonly amount: number }
  | { readonly name: "speed-step"; readonly direction: 1 | -1 };

/** The part of a keyboard event that matters here. */
export type KeyPress = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
};

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [" ", { name: "toggle-play" }],
  ["k", { name: "toggle-play" }],
  ["m", { name: "toggle-mute" }],
  ["f", { name: "toggle-fullscreen" }],
  ["c", { name: "toggle-captions" }],
  ["j", { name: "seek-by", seconds: -10 }],
  ["l", { name: "seek-by", seconds: 10 }],
  ["arrowleft", { name: "seek-by", seconds: -5 }],
  ["arrowright", { name: "seek-by", seconds: 5 }],
  ["arrowup", { name: "volume-by", amount: 0.05 }],
  ["arrowdown", { name: "volume-by", amount: -0.05 }],
  ["home", { name: "seek-to", fraction: 0 }],
  ["end", { name: "seek-to", fraction: 1 }],
  ["<", { name: "speed-step", direction: -1 }],
  [">", { name: "speed-step", direction: 1 }],
]);

/** The speeds on offer, in the menu and by key. */
export const SPEEDS: readonly number[] = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/**
 * The command for a key, or null.
 *
 * `taken` are the keys that the focused control uses itself, such as the arrows in a menu.
 */
export function commandFor(press: KeyPress, taken: readonly string[]): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey || taken.includes(press.key)) return null;
  if (/^\d$/.test(press.key)) return { name: "seek-to", fraction: Number(press.key) / 10 };
  return COMMANDS.get(press.key.toLowerCase()) ?? null;
}

/** The next speed on offer from this one; the speed itself at either end. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const beyond = SPEEDS.filter((other) => (direction === 1 ? other > speed : other < speed));
  return (direction === 1 ? beyond.at(0) : beyond.at(-1)) ?? speed;
}
