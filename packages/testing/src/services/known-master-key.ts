import { createEnvelope, createMasterKey } from "@llamaagent/protection";

const BYTES = Buffer.from("known-to-all-".repeat(3).slice(0, 32));

/** A master key, the same in every test: real servers have none that is known. */
export const KNOWN_MASTER_KEYS = `1:${BYTES.toString("base64")}`;

export const knownEnvelope = createEnvelope([createMasterKey(1, BYTES)]);
