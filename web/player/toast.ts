import { element } from "../shared/dom";

/** A word over the picture that tells what a key did, and goes by itself. */
export class Toast {
  readonly #root = element("toast", HTMLElement);

  constructor() {
    this.#root.addEventListener("animationend", () => this.#root.classList.remove("shown"));
  }

  show(text: string): void {
    this.#root.textContent = text;
    this.#root.classList.remove("shown");
    // Reading the layout lets the animation begin anew.
    void this.#root.offsetWidth;
    this.#root.classList.add("shown");
  }
}
