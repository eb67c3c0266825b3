export { type ApiOptions, buildApi } from "./build-api.ts";
export { startApi } from "./container.ts";
export { loadSettings } from "./load/load-settings.ts";
export { buildOpenApi } from "./modules/openapi/build-openapi.ts";
/** @internal For the benchmark. */
export { RunCreate, RunCreateHeaders } from "./modules/runs/run-create.schemas.ts";
export { scaledApiSettings, startScaledApi } from "./scaled-api.ts";
export { apiSettings, asksForKeys, withGuardedHost } from "./settings.ts";
