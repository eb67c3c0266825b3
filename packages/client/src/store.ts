import type { CallOptions } from "./call-options.ts";
import type {
  StoreItem,
  StoreItemDelete,
  StoreItemList,
  StoreItemPut,
  StoreNamespaceList,
  StoreNamespaceSearch,
  StoreSearch,
} from "./generated/types.ts";
import { sendForJson, sendRepeatable } from "./http.ts";
import { query } from "./query.ts";
import type { Runtime } from "./runtime.ts";

export interface StoreClient {
  /** Stores an item, or another value in place of its. */
  put(item: StoreItemPut, options?: CallOptions): Promise<void>;
  get(place: StoreItemPlace, options?: CallOptions): Promise<StoreItem>;
  delete(place: StoreItemPlace, options?: CallOptions): Promise<void>;
  /** By namespace and key; 10 items unless `limit` says more. */
  search(search?: StoreSearch, options?: CallOptions): Promise<StoreItemList>;
  /** Those that hold items; 100 unless `limit` says more. */
  namespaces(search?: StoreNamespaceSearch, options?: CallOptions): Promise<StoreNamespaceList>;
}

/** Without a namespace: in the root. */
export type StoreItemPlace = StoreItemDelete;

export function storeClient(runtime: Runtime): StoreClient {
  const path = "/store/items";
  return {
    put: (json, { signal } = {}) => sendRepeatable(runtime, { method: "PUT", path, json, signal }),
    get: ({ namespace, key }, { signal } = {}) =>
      sendRepeatable(runtime, {
        method: "GET",
        path: `${path}${query({ key, namespace })}`,
        signal,
      }),
    delete: (json, { signal } = {}) =>
      sendForJson(runtime, { method: "DELETE", path, json, signal }),
    search: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: `${path}/search`, json, signal }),
    namespaces: (json = {}, { signal } = {}) =>
      sendRepeatable(runtime, { method: "POST", path: "/store/namespaces", json, signal }),
  };
}
