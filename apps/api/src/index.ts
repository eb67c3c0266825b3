export { type ApiOptions, buildApi } from "./build-api.ts";
export { startApi } from "./container.ts";
export { buildOpenApi } from "./modules/openapi/build-openapi.ts";
export { scaledApiSettings, startScaledApi } from "./scaled-api.ts";
export { apiSettings, withGuardedHost } from "./settings.ts";
