export const CHUNKS = 50;
export const CHUNK_MS = 10;

/** Milliseconds since 1970 with their fractions: the same in all processes of a machine. */
const now = (): number => performance.timeOrigin + performance.now();

/** The text of a chunk: when it was sent. */
export const stamp = (): string => `<${now().toFixed(3)}>`;

/** Takes a stream's text as it comes and tells how old each stamp was when it was whole. */
export function createStampReader(): { delays: number[]; read: (text: string) => void } {
  const delays: number[] = [];
  let rest = "";
  return {
    delays,
    read(text) {
      rest += text;
      const readAt = now();
      rest = rest.replaceAll(/<(\d+\.\d+)>/g, (_, sentAt: string) => {
        delays.push(readAt - Number(sentAt));
        return "";
      });
    },
  };
}
