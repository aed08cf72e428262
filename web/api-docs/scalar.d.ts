declare module "@scalar/api-reference/dist/browser/standalone.esm.js" {
  /** Shows an API reference in the element. */
  export function createApiReference(target: string | Element, configuration: object): unknown;
}
