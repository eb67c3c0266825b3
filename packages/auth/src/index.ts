export { isAllowed, Permission, permissionsOf } from "./permissions.ts";
export { bootstrapKey, hasAdminKey } from "./keys/bootstrap-key.ts";
export { createKey } from "./keys/create-key.ts";
export { createKeyVerifier, type KeyVerifier } from "./keys/key-verifier.ts";
export { findKey, listKeys } from "./keys/list-keys.ts";
export { revokeKey } from "./keys/revoke-key.ts";
export { rotateKey } from "./keys/rotate-key.ts";
