/** Holds a key that never leaves it, under which master keys are wrapped. It is asked at boot alone. */
export interface KeyManagementService {
  /**
   * What `ciphertext` is of. Errors: `invalid_configuration` where the service refuses, `service_unavailable`
   * where it did not answer in the end.
   */
  decrypt(ciphertext: string): Promise<Buffer>;
}

/** As `kms:<adapter>:` names them in the settings. */
export const kmsAdapters = ["vault"] as const;
export type KmsAdapter = (typeof kmsAdapters)[number];
