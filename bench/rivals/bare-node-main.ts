/**
 * The ceiling: a `node:http` server that asks the model and answers, with no run behind it.
 * `node bench/rivals/bare-node-main.ts MODEL_URL`; prints its URL.
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { Pool } from "undici";

const [modelUrl = ""] = process.argv.slice(2);
const { origin, pathname } = new URL(modelUrl);
const model = new Pool(origin);

async function ask(question: string): Promise<string> {
  const { body } = await model.request({
    path: `${pathname}/chat/completions`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "fake-model",
      messages: [{ role: "user", content: question }],
    }),
  });
  // The fake model's own form; whoever asks checks the text.
  const { choices } = (await body.json()) as { choices: [{ message: { content: string } }] };
  return choices[0].message.content;
}

const server = createServer((incoming, outgoing) => {
  json(incoming)
    .then((body) => ask((body as { question: string }).question)) // the driver's form
    .then(
      (answer) => outgoing.end(JSON.stringify({ answer })),
      (error: unknown) => outgoing.writeHead(502).end(String(error)),
    );
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
