import type { StreamFormat } from "./address";

/** What an embedder chooses through the query of the page's address. */
export type PlayerOptions = {
  readonly autoplay: boolean;
  readonly muted: boolean;
  readonly loop: boolean;
  /** Where playback begins, in seconds; null leaves it to the stream. */
  readonly start: number | null;
  /** False hides every control; a click on the picture still plays and pauses. */
  readonly controls: boolean;
  /** The accent as `#rrggbb`; null keeps the page's own. */
  readonly color: string | null;
  readonly format: StreamFormat;
};

const SECONDS = /^\d{1,6}(\.\d{1,3})?$/;
const HEX_COLOR = /^(?:[0-9a-f]{3}|[0-9a-f]{6})$/;

/** Reads the query of the page. A value that is not understood counts as not given. */
export function parseOptions(search: string): PlayerOptions {
  const query = new URLSearchParams(search);
  return {
    autoplay: parseSwitch(query.get("autoplay"), false),
    muted: parseSwitch(query.get("muted"), false),
    loop: parseSwitch(query.get("loop"), false),
    start: parseSeconds(query.get("t")),
    controls: parseSwitch(query.get("controls"), true),
    color: parseColor(query.get("color")),
    format: query.get("format") === "dash" ? "dash" : "hls",
  };
}

function parseSwitch(value: string | null, otherwise: boolean): boolean {
  switch (value) {
    case "":
    case "1":
    case "true":
      return true;
    case "0":
    case "false":
      return false;
    default:
      return otherwise;
  }
}

function parseSeconds(value: string | null): number | null {
  return value !== null && SECONDS.test(value) ? Number(value) : null;
}

/** Takes `f63` or `ff6633`, nothing else: the value ends up in a style sheet. */
function parseColor(value: string | null): string | null {
  const digits = value?.toLowerCase() ?? "";
  if (!HEX_COLOR.test(digits)) return null;
  return digits.length === 6 ? `#${digits}` : `#${digits.replaceAll(/./g, "$&$&")}`;
}
