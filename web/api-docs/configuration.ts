import type { Dialect } from "../shared/dialects";

/**
 * The configuration of Scalar: one source for each API, and nothing that leaves this server.
 *
 * `root` is the address of the server's root, below which the documents lie.
 */
export function referenceConfiguration(dialects: readonly Dialect[], root: URL): object {
  return {
    sources: dialects.map((dialect, index) => ({
      title: dialect.title,
      slug: dialect.slug,
      url: new URL(dialect.document, root).href,
      default: index === 0,
      agent: { disabled: true },
    })),
    baseServerURL: root.href.replace(/\/$/, ""),
    theme: "none",
    layout: "modern",
    // Fonts, telemetry, the proxy, the assistant and the developer tools would all talk to other servers.
    withDefaultFonts: false,
    telemetry: false,
    proxyUrl: "",
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: "never",
    persistAuth: false,
    defaultOpenAllTags: true,
    documentDownloadType: "json",
    metaData: { title: "Kinora API" },
  };
}
