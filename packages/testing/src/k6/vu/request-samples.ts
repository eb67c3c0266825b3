import type { Sample } from "../metrics/metric.ts";
import type { SentRequest } from "../send-request.ts";
import type { VuRequest } from "./protocol.ts";

/** What k6 measures of a request, with its tags. */
export function requestSamples(
  request: VuRequest,
  { response, sentBytes, receivedBytes }: SentRequest,
  scenario: Record<string, string>,
): Sample[] {
  const { status, timings } = response;
  const isExpected = request.expected.some(({ min, max }) => status >= min && status <= max);
  const tags = {
    ...scenario,
    method: request.method,
    url: request.url,
    name: request.url,
    status: String(status),
    expected_response: String(isExpected),
    ...request.tags,
  };
  const values = {
    http_reqs: 1,
    http_req_failed: isExpected ? 0 : 1,
    http_req_blocked: timings.blocked,
    http_req_connecting: timings.connecting,
    http_req_sending: timings.sending,
    http_req_waiting: timings.waiting,
    http_req_receiving: timings.receiving,
    http_req_duration: timings.duration,
    data_sent: sentBytes,
    data_received: receivedBytes,
  };
  return Object.entries(values).map(([metric, value]) => ({ metric, value, tags }));
}
