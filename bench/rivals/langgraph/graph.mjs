/**
 * One model call over HTTP and nothing else. By `fetch`, because that is the faster of what users
 * write: through ChatOpenAI (1.5.8, with and without `disableStreaming`) the same run costs 0–20%
 * more CPU, and its messages are serialised on their way.
 */
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";

const State = Annotation.Root({ question: Annotation(), answer: Annotation() });

async function askModel({ question }) {
  const response = await fetch(`${process.env.MODEL_URL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer fake-key" },
    body: JSON.stringify({
      model: "fake-model",
      messages: [{ role: "user", content: question }],
    }),
  });
  if (!response.ok) throw new Error(`the model answered ${response.status}`);
  const { choices } = await response.json();
  return { answer: choices[0].message.content };
}

export const ask = new StateGraph(State)
  .addNode("ask", askModel)
  .addEdge(START, "ask")
  .addEdge("ask", END)
  .compile();
