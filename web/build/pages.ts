/** A page of the build: what esbuild bundles, and where its files go below dist. */
export type Page = {
  readonly source: string;
  /** The folder of index.html. */
  readonly folder: string;
  /** The folder of the hashed files. */
  readonly assets: string;
  /** The way from the page to the hashed files, as the server shows both. */
  readonly prefix: string;
  /** Whether the page links to the notices of all packages, which then lie among its hashed files. */
  readonly showsLicenses: boolean;
};

export const PAGES: readonly Page[] = [
  {
    source: "player",
    folder: "player",
    assets: "player/assets",
    prefix: "../_player/",
    showsLicenses: false,
  },
  { source: "api-docs", folder: "docs", assets: "docs", prefix: "./", showsLicenses: false },
  { source: "home", folder: "home", assets: "home/assets", prefix: "./_home/", showsLicenses: true },
];

/** Fills the `{{name}}` places of a page; a place without a value, or a value without a place, is a mistake. */
export function fillTemplate(html: string, values: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(values));
  const filled = html.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing to put in the place of {{${name}}}`);
    unused.delete(name);
    return value;
  });
  if (unused.size > 0) throw new Error(`the page has no place for ${[...unused].join(", ")}`);
  return filled;
}
