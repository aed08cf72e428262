import "./docs.css";
import { DIALECTS } from "../shared/dialects";
import { referenceConfiguration } from "./configuration";

// Scalar's schema library would try to compile code, which the content security policy forbids and reports.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
const { createApiReference } = await import("@scalar/api-reference/dist/browser/standalone.esm.js");

const root = new URL("../", location.href);
root.search = "";
root.hash = "";
document.querySelector("#reference .loading")?.remove();
createApiReference("#reference", referenceConfiguration(DIALECTS, root));
