/** An API that the server speaks, with the path of its OpenAPI document relative to the server's root. */
export type Dialect = {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly document: string;
};

/** Every API with a document, in the order of the menus. */
export const DIALECTS: readonly Dialect[] = [
  {
    slug: "cloud-video-kit",
    title: "Cloud Video Kit",
    summary: "Upload files, make assets of them, play them at once.",
    document: "openapi/videokit.json",
  },
  {
    slug: "azure-media-services-connector",
    title: "Azure Media Services Connector",
    summary: "Create a video, put its bytes as to a blob, mark it as complete, play it.",
    document: "openapi/azure.json",
  },
];
