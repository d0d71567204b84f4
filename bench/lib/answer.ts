// Looks at one answer of each kind before anything is measured, so that no figure is one of errors.

import { randomBytes } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { WebSocket } from 'ws';
import { DOWNLOAD_OCTETS, HELLO, PIECE } from '../peers/shared.ts';
import { Failed, type Server, Skipped } from './process.ts';

const DEADLINE_MS = 10_000;
/** What a peer may write beside what it was told to. Anything else would be other work than that of the rest. */
const USUAL_FIELDS = [
  'content-type',
  'content-length',
  'transfer-encoding',
  'date',
  'connection',
  'keep-alive',
  'server',
];

export interface Answer {
  readonly status: number;
  /** Names are lowercase. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Octets of the head on the wire, over HTTP/1.1. */
  readonly headOctets: number;
  readonly body: Buffer;
}

/** One request over HTTP/1.1, on a connection that stays open unless the server closes it. */
export function ask(
  port: number,
  path: string,
  body?: Buffer,
  agent = new Agent({ keepAlive: true }),
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const options = { port, path, host: '127.0.0.1', agent, timeout: DEADLINE_MS };
    const method = body ? 'POST' : 'GET';
    const request = httpRequest({ ...options, method }, (response) => {
      read(response).then(resolve, reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${DEADLINE_MS / 1000} s`)));
    request.on('error', reject);
    request.end(body);
  }).finally(() => agent.destroy());
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = await response.toArray();
  const { rawHeaders, statusCode = 0, statusMessage = '' } = response;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
  const lines = headers.map(([name, value]) => name.length + value.length + 4);
  const first = 'HTTP/1.1 200 '.length + statusMessage.length + 2;
  const headOctets = lines.reduce((sum, octets) => sum + octets, first) + 2;
  return { status: statusCode, headers, headOctets, body: Buffer.concat(chunks) };
}

/** GET /hello over HTTP/1.1. @throws Failed unless status, fields and body are those that all peers are to give */
export async function checkHello(server: Server): Promise<Answer> {
  const answer = await answered(server, ask(server.port, '/hello'));
  expectHello(server, answer);
  return answer;
}

/** GET /hello over HTTP/2 in clear text. */
export async function checkHello2(server: Server): Promise<void> {
  expectHello(server, await answered(server, ask2(server.port, '/hello')));
}

/** POST /echo with octets that nobody could guess, and of a size that comes in several pieces. */
export async function checkEcho(server: Server, octets: number): Promise<void> {
  const body = randomBytes(octets);
  const answer = await answered(server, ask(server.port, '/echo', body));
  if (answer.status !== 200 || !answer.body.equals(body))
    throw new Failed(`${server.name} answered ${answer.status} to an echo, or other octets`);
}

export async function checkDownload(server: Server): Promise<Answer> {
  const answer = await answered(server, ask(server.port, '/download'));
  const right =
    answer.body.length === DOWNLOAD_OCTETS && answer.body.every((one) => one === PIECE[0]);
  if (answer.status !== 200 || !right)
    throw new Failed(`${server.name} answered ${answer.status} to a download, or other octets`);
  return answer;
}

/** A text and a binary message. @throws Skipped when the server answers that it does not serve WebSocket */
export function checkWebSocket(server: Server): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`, {
    handshakeTimeout: DEADLINE_MS,
  });
  const sent = ['a text: \u{1F680}', randomBytes(300)];
  const returned: (string | Buffer)[] = [];
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Failed(`${server.name} did not send two messages back`));
      socket.terminate();
    }, DEADLINE_MS);
    socket.on('unexpected-response', (_request, { statusCode }) => {
      const message = `${server.name} answers a WebSocket handshake with ${statusCode}`;
      const unserved = statusCode === 501 || statusCode === 404;
      reject(unserved ? new Skipped(message) : new Failed(message));
      socket.terminate();
    });
    socket.on('error', (error) => reject(new Failed(`${server.name}: ${error.message}`)));
    socket.on('open', () => {
      for (const message of sent) socket.send(message);
    });
    socket.on('message', (data: Buffer, isBinary) => {
      returned.push(isBinary ? data : data.toString());
      if (returned.length < sent.length) return;
      const right =
        returned[0] === sent[0] && Buffer.compare(returned[1] as Buffer, sent[1] as Buffer) === 0;
      if (right) resolve();
      else reject(new Failed(`${server.name} sent other messages back`));
      socket.close();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Failed(`${server.name} closed a WebSocket before both messages came back`));
    });
  });
}

function expectHello(server: Server, { status, headers, body }: Omit<Answer, 'headOctets'>): void {
  const names = headers.map(([name]) => name);
  const type = headers.find(([name]) => name === 'content-type')?.[1]?.toLowerCase();
  const strange = names.filter((name) => !name.startsWith(':') && !USUAL_FIELDS.includes(name));
  const problems = [
    status !== 200 && `status ${status}`,
    body.toString() !== HELLO && `the body ${JSON.stringify(body.toString().slice(0, 100))}`,
    type !== 'text/plain; charset=utf-8' && `content-type ${type}`,
    strange.length > 0 && `the fields ${strange.join(', ')}`,
    new Set(names).size !== names.length && 'a field twice',
    !names.includes('content-length') && 'no content-length',
    !names.includes('date') && 'no date',
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Failed(`${server.name} answered with ${problems.join(', ')}`);
}

function ask2(port: number, path: string): Promise<Omit<Answer, 'headOctets'>> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  return new Promise<Omit<Answer, 'headOctets'>>((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':path': path });
    stream.setTimeout(DEADLINE_MS, () => reject(new Error('no answer')));
    stream.on('error', reject);
    stream.on('response', (headers) => {
      const fields = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
      stream.toArray().then(
        (chunks: Buffer[]) =>
          resolve({
            status: Number(headers[':status']),
            headers: fields,
            body: Buffer.concat(chunks),
          }),
        reject,
      );
    });
  }).finally(() => session.destroy());
}

function answered<T>(server: Server, answer: Promise<T>): Promise<T> {
  return answer.catch((error: Error) => {
    throw new Failed(`${server.name} did not answer: ${error.message}`);
  });
}
