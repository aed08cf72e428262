import { element } from "../shared/dom";
import { describeProblem, type Problem } from "./problem";

/** The sheet over the picture that says why nothing plays. */
export class Panel {
  readonly #root = element("panel", HTMLElement);
  readonly #title = element("panel-title", HTMLElement);
  readonly #detail = element("panel-detail", HTMLElement);
  readonly #retry = element("panel-retry", HTMLButtonElement);

  constructor(onRetry: () => void) {
    this.#retry.addEventListener("click", onRetry);
  }

  show(problem: Problem | null): void {
    this.#root.hidden = problem === null;
    if (!problem) return;
    const text = describeProblem(problem);
    this.#root.dataset.problem = problem.kind;
    this.#title.textContent = text.title;
    this.#detail.textContent = text.detail;
    this.#retry.hidden = !text.retry;
  }
}
