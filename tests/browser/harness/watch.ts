import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";

/** Put into every page by the watch. */
declare function notePolicyViolation(what: string): void;

/**
 * Notes everything on a page that a user would call a fault: console errors and warnings, uncaught errors, requests that
 * failed or were refused, requests to other origins, violations of the content security policy.
 */
export class Watch {
  readonly page: Page;
  readonly #faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens a page in the context. Requests to origins other than these are refused and noted. */
  static async open(
    context: BrowserContext,
    origins: readonly string[],
  ): Promise<Watch> {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const watch = new Watch(page);
    await watch.#listen(origins);
    return watch;
  }

  /** Fails with what was noted, leaving out what the test brought about itself. */
  assertClean(expected: readonly RegExp[] = []): void {
    const unexpected = this.#faults.filter(
      (fault) => !expected.some((pattern) => pattern.test(fault)),
    );
    assert.deepEqual(unexpected, []);
  }

  async #listen(origins: readonly string[]): Promise<void> {
    const { page } = this;
    page.on("console", (message) => {
      if (["error", "warning", "assert"].includes(message.type())) {
        this.#note(
          `console ${message.type()}: ${message.text()} (${message.location().url})`,
        );
      }
    });
    page.on("pageerror", (error) =>
      this.#note(`uncaught: ${error.stack ?? error.message}`),
    );
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "";
      // A player takes back requests when it seeks or switches; that is no failure.
      if (reason !== "net::ERR_ABORTED")
        this.#note(`failed: ${request.url()} ${reason}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400)
        this.#note(`refused: ${response.url()} ${response.status()}`);
    });
    await page.route(
      (url) => /^https?:$/.test(url.protocol) && !origins.includes(url.origin),
      (route) => {
        this.#note(`foreign request: ${route.request().url()}`);
        return route.abort("blockedbyclient");
      },
    );
    await page.exposeBinding("notePolicyViolation", (_, what: string) =>
      this.#note(`policy violation: ${what}`),
    );
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        notePolicyViolation(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }

  #note(fault: string): void {
    this.#faults.push(fault);
  }
}
