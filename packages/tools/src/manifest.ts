export { type FetchAllowance, nothingAllowed } from "./guarded-fetch/fetch-allowance.ts";
export { fetchSettings } from "./guarded-fetch/fetch-settings.ts";
export { fetchedUrlFault } from "./guarded-fetch/fetched-url.ts";
export { toolInfo } from "./tool-info.ts";
export { toolsPlugin } from "./tools-plugin.ts";
