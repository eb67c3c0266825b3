import { AppError, isAppError } from "./errors.ts";

interface Waiting<Input, Output> {
  input: Input;
  resolve: (output: Output) => void;
  reject: (error: unknown) => void;
}

/** Some commits' time: batches twice as large, for a little latency under load alone. @internal */
export const GATHER_MS = 3;
/** A batch as large as this shares its commit well already: behind it nobody waits. @internal */
export const GATHER_BELOW = 32;

/**
 * Group commit: calls that come while a batch is under way are made together, as the next one. A single
 * call waits for nothing; behind a batch of two to 31 the next gathers for 3 ms. A batch that fails is made
 * again call by call, so that only those fail which fail by themselves; where what they call is away
 * (`service_unavailable`) all of them fail at once.
 */
export function batchedCall<Input, Output>(options: {
  /**
   * Answers in the inputs' order; an error among them is one call's own. Where it rejects it has done
   * nothing: it is made again.
   */
  call: (inputs: Input[]) => Promise<(Output | AppError)[]>;
  itemsMax: number;
}): (input: Input) => Promise<Output> {
  const { call, itemsMax } = options;
  let queue: Waiting<Input, Output>[] = [];
  let isSending = false;

  async function sendAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, itemsMax);
      queue = queue.slice(itemsMax);
      await answerAll(batch);
      if (batch.length > 1 && batch.length < GATHER_BELOW && queue.length < itemsMax)
        await new Promise((resolve) => void setTimeout(resolve, GATHER_MS));
    }
    isSending = false;
  }

  async function answerAll(batch: readonly Waiting<Input, Output>[]): Promise<void> {
    try {
      const outputs = await call(batch.map(({ input }) => input));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const output = outputs[index];
        if (output instanceof AppError) reject(output);
        // One for each input, by the contract of `call`.
        else resolve(output as Output);
      }
    } catch (error) {
      if (isAppError(error, "service_unavailable")) {
        // Those that wait too: one after the other their batches would take as long as this one did.
        for (const { reject } of [...batch, ...queue.splice(0)]) reject(error);
      } else if (batch.length > 1) for (const one of batch) await answerAll([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return (input) =>
    new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject });
      if (isSending) return;
      isSending = true;
      // What the same callback brings goes along; a turn of the event loop later others are served first.
      process.nextTick(() => void sendAll());
    });
}
