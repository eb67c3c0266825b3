import { AppError, isAppError } from "@llamaagent/core";

/**
 * Group commit: calls that come while a batch is under way are made together, as the next one. A single
 * call waits for nothing. A batch that fails is made again call by call, so that only those fail which
 * fail by themselves; with the database away all of them fail at once.
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
  let queue: { input: Input; answer: PromiseWithResolvers<Output> }[] = [];
  let isSending = false;

  async function sendAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, itemsMax);
      queue = queue.slice(itemsMax);
      await answerAll(batch);
    }
    isSending = false;
  }

  async function answerAll(batch: typeof queue): Promise<void> {
    try {
      const outputs = await call(batch.map(({ input }) => input));
      for (const [index, { answer }] of batch.entries()) {
        const output = outputs[index];
        if (output instanceof AppError) answer.reject(output);
        // One for each input, by the contract of `call`.
        else answer.resolve(output as Output);
      }
    } catch (error) {
      if (isAppError(error, "service_unavailable")) {
        // Those that wait too: one after the other their batches would take as long as this one did.
        for (const { answer } of [...batch, ...queue.splice(0)]) answer.reject(error);
      } else if (batch.length > 1) for (const one of batch) await answerAll([one]);
      else for (const { answer } of batch) answer.reject(error);
    }
  }

  return (input) => {
    const answer = Promise.withResolvers<Output>();
    queue.push({ input, answer });
    if (!isSending) {
      isSending = true;
      // What the same callback brings goes along; a turn of the event loop later others are served first.
      process.nextTick(() => void sendAll());
    }
    return answer.promise;
  };
}
