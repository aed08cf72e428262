import "./home.css";
import { DIALECTS } from "../shared/dialects";
import { element } from "../shared/dom";
import { assetIdIn } from "./asset-link";

const input = element("asset", HTMLInputElement);
const hint = element("hint", HTMLElement);

element("open", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const id = assetIdIn(input.value);
  if (id) location.assign(`embed/${id}`);
  else {
    hint.textContent = "Enter the id of an asset, as the API answers it.";
    input.focus();
  }
});

input.addEventListener("input", () => {
  hint.textContent = "";
});

element("apis", HTMLElement).append(
  ...DIALECTS.map((dialect) => {
    const card = document.createElement("article");
    const title = document.createElement("h2");
    title.textContent = dialect.title;
    const summary = document.createElement("p");
    summary.textContent = dialect.summary;
    card.append(title, summary, link("docs/", "Browse the API"), link(dialect.document, "OpenAPI document"));
    return card;
  }),
);

function link(href: string, text: string): HTMLAnchorElement {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}
