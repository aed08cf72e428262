/** Why nothing plays, as far as a viewer is concerned. */
export type Problem =
  | { readonly kind: "missing" }
  | { readonly kind: "forbidden" }
  | { readonly kind: "preparing"; readonly retryAfterSeconds: number }
  | { readonly kind: "unreachable" }
  | { readonly kind: "unsupported" }
  | { readonly kind: "broken" };

/** What a viewer reads, and whether trying again can help. */
export type ProblemText = { readonly title: string; readonly detail: string; readonly retry: boolean };

const DEFAULT_WAIT_SECONDS = 3;
const LONGEST_WAIT_SECONDS = 30;

/**
 * Reads the server's answer to a request for the manifest.
 *
 * Null when the manifest is there: then the fault lies in what it names, not in the asset.
 */
export function problemFromStatus(status: number, retryAfter: string | null): Problem | null {
  if (status >= 200 && status < 300) return null;
  if (status === 404) return { kind: "missing" };
  // 410: a link whose time is over.
  if (status === 401 || status === 403 || status === 410) return { kind: "forbidden" };
  if (status === 409 || status === 425)
    return { kind: "preparing", retryAfterSeconds: waitSeconds(retryAfter) };
  if (status >= 500 || status === 408 || status === 429) return { kind: "unreachable" };
  return { kind: "broken" };
}

/** Reads the seconds form of Retry-After (RFC 9110, section 10.2.3), within bounds of our own. */
function waitSeconds(retryAfter: string | null): number {
  if (retryAfter === null || !/^\d{1,6}$/.test(retryAfter.trim())) return DEFAULT_WAIT_SECONDS;
  return Math.min(Math.max(Number(retryAfter), 1), LONGEST_WAIT_SECONDS);
}

/** The words for the panel. */
export function describeProblem(problem: Problem): ProblemText {
  switch (problem.kind) {
    case "missing":
      return {
        title: "This video does not exist",
        detail: "It may have been removed, or the address is not quite right.",
        retry: false,
      };
    case "forbidden":
      return {
        title: "This video is private",
        detail: "You do not have permission to watch it.",
        retry: true,
      };
    case "preparing":
      return {
        title: "This video is still being prepared",
        detail: "It starts here by itself as soon as it is ready.",
        retry: false,
      };
    case "unreachable":
      return {
        title: "This video cannot be reached",
        detail: "Check the connection, then try again.",
        retry: true,
      };
    case "unsupported":
      return {
        title: "This video cannot be played",
        detail: "This browser does not support its format.",
        retry: false,
      };
    case "broken":
      return {
        title: "This video cannot be played",
        detail: "Something went wrong on the way.",
        retry: true,
      };
  }
}
