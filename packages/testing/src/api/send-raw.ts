import { connect } from "node:net";

export interface RawAnswer {
  status: number;
  /** Its status line and headers. */
  head: string;
  body: string;
}

/** Sends bytes as they are and reads until the server hangs up. A character is a byte. */
export async function sendRaw(url: string, text: string): Promise<RawAnswer> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text, "latin1"));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", ...body] = answer.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), head, body: body.join("\r\n\r\n") });
    });
  });
}
