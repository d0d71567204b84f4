// Sends one HTTP request of a scenario over any connection and reads the answer.

import { Attempt } from './attempt.ts';
import type { ClientRequest } from './connection.ts';
import type { ScenarioRequest } from './exchange.ts';
import type { ClientResult, RunOptions } from './result.ts';

const NOTHING = new Uint8Array();

/** Sends a request once and reads its response to the end. Does not reject for what the server does. */
export async function sendRequest(
  request: ScenarioRequest,
  options: RunOptions,
): Promise<ClientResult> {
  const head = headOf(request);
  const attempt = new Attempt(request, head, options);
  const { connection, gone } = attempt;

  // RFC 9110 section 10.1.1: a 100 is leave to send the body, and a final response without one is none.
  let goAhead = (_send: boolean) => {};
  const maySend = head.headers.some(
    ([name, value]) => name.toLowerCase() === 'expect' && value.toLowerCase() === '100-continue',
  )
    ? new Promise<boolean>((resolve) => (goAhead = resolve))
    : true;

  async function write(): Promise<void> {
    if (!(await maySend)) return;
    const last = request.body.length - 1;
    let left = request.disconnectAfter ?? Number.POSITIVE_INFINITY;
    for (const [index, whole] of request.body.entries()) {
      if (left === 0) break;
      if (index > 0 && request.pause > 0) await attempt.pause(request.pause);
      if (attempt.over) return;
      const data = whole.subarray(0, left);
      left -= data.length;
      attempt.trace('out', 'client.request.body', { data });
      const written = connection.write(data);
      if (index < last || left === 0) await Promise.race([written, gone]);
      attempt.progress();
    }
    if (left === 0) {
      // What was written has gone out, be it the head alone.
      await Promise.race([connection.write(NOTHING).then(() => connection.taken?.()), gone]);
      attempt.leave('left');
    }
    if (attempt.over) return;
    attempt.trace('out', 'client.request.end', { trailers: request.trailers });
    connection.end(request.trailers);
    if (!request.halfClose) return;
    attempt.trace('out', 'client.half-close');
    connection.halfClose?.();
  }

  async function read(): Promise<void> {
    for await (const response of connection) {
      if (attempt.over) return;
      attempt.progress();
      if (response.type === 'informational' && response.status === 100) goAhead(true);
      if (attempt.takeHead(response)) continue;
      switch (response.type) {
        case 'body': {
          attempt.takeBody(response.data);
          const { abortAfter, readPause } = request;
          if (abortAfter !== undefined && attempt.body.size >= abortAfter)
            return attempt.leave('left');
          if (attempt.tooLarge) return attempt.leave('limit');
          if (readPause > 0) await attempt.pause(readPause);
          break;
        }
        case 'end':
          attempt.trailers = response.trailers;
          attempt.outcome = 'complete';
          attempt.trace('in', 'client.response.end', { trailers: response.trailers });
          return;
        case 'aborted':
        case 'closed':
          attempt.outcome = response.type;
          attempt.trace('in', `client.${response.type}`);
          return;
        case 'left':
          return attempt.left();
      }
    }
  }

  const writing = write();
  await read();
  // What is left of the request is of no use to anybody once the response is over.
  attempt.finish();
  goAhead(false);
  await writing;
  connection.reset();
  return attempt.result();
}

/** The head as sent: what the scenario says, and what it leaves to the client. */
function headOf(request: ScenarioRequest): ClientRequest {
  const { method, target, version, body, chunked, trailers } = request;
  const has = (field: string) => request.headers.some(([name]) => name.toLowerCase() === field);
  const headers = [...request.headers];
  if (!has('host')) headers.unshift(['Host', 'localhost']);
  if (body.length > 0 && !has('content-length') && !has('transfer-encoding')) {
    if (chunked || trailers.length > 0) headers.push(['Transfer-Encoding', 'chunked']);
    else {
      const size = body.reduce((sum, piece) => sum + piece.length, 0);
      headers.push(['Content-Length', String(size)]);
    }
  }
  return { method, target, headers, version };
}
