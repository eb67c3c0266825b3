const SLOTS = 1_024;
const SLOT_BYTES = 192;

/**
 * What a process is doing, in shared memory: a thread reads it there when this one answers no more.
 * Steps beyond 1,024 at once are not named.
 */
export interface OpenSteps {
  readonly buffer: SharedArrayBuffer;
  /** What is returned closes it; a second time does nothing. */
  open(name: string): () => void;
}

export function createOpenSteps(): OpenSteps {
  const buffer = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  const free = Array.from({ length: SLOTS }, (_, slot) => SLOTS - 1 - slot);
  const encoder = new TextEncoder();
  return {
    buffer,
    open(name) {
      const slot = free.pop();
      if (slot === undefined) return () => {};
      const bytes = new Uint8Array(buffer, slot * SLOT_BYTES, SLOT_BYTES);
      // The first byte is the length; what is longer is cut.
      bytes[0] = encoder.encodeInto(name, bytes.subarray(1)).written;
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        bytes[0] = 0;
        free.push(slot);
      };
    },
  };
}

/** Of a board that another thread writes. */
export function readOpenSteps(buffer: SharedArrayBuffer): string[] {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(buffer);
  return Array.from({ length: SLOTS }, (_, slot) => slot * SLOT_BYTES).flatMap((start) => {
    const length = bytes[start] ?? 0;
    // Copied: the decoder takes no shared memory.
    return length === 0 ? [] : [decoder.decode(bytes.slice(start + 1, start + 1 + length))];
  });
}
