import assert from "node:assert/strict";
import { test } from "node:test";
import { DIALECTS } from "../shared/dialects";
import { referenceConfiguration } from "./configuration";

test("documents are looked for below the server's root, also below a prefix", () => {
  const configuration = referenceConfiguration(DIALECTS, new URL("https://media.example/kinora/"));
  const { sources } = configuration as { sources: { url: string }[] };
  assert.deepEqual(
    sources.map((source) => source.url),
    DIALECTS.map((dialect) => `https://media.example/kinora/${dialect.document}`),
  );
});
