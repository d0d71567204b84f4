// The frame in which a guest of the page runs: opens it, shakes hands, and gives the link to the Worker in it. Knows
// nothing of what the guest does.

import { decode } from '../envelope.ts';
import { type Failure, type Link, RuntimeError } from '../runtime.ts';

export const NO_START: Omit<Failure, 'message'> = {
  code: 'page-start',
  help: 'The example can still be read, and downloaded to be run with the portway command.',
  retryable: true,
};

/** Milliseconds for each step of a start: the gateway's code, the frame, and the Worker in it. */
export const START_LIMIT = 10_000;

export interface FrameOptions {
  /** URL of the frame's document. */
  readonly url: string;
  readonly sid: string;
  /** The guest's code. */
  readonly code: string;
  /** Octets that it needs, by name: the frame itself has no network. */
  readonly assets?: Readonly<Record<string, ArrayBuffer>>;
  /** Milliseconds for the Worker to say that it runs. Default: `START_LIMIT`. */
  readonly limit?: number;
  readonly signal: AbortSignal;
}

/** Fetches a text of the site's own, such as the guest's code. @throws RuntimeError that says it of `what` */
export async function fetchPart<T>(
  what: string,
  url: string,
  signal: AbortSignal,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    return await read(response);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError({ ...NO_START, message: `${what} could not be loaded (${reason}).` });
  }
}

/** Opens the frame, shakes hands, and gives the link to the Worker in it. */
export function openFrame({
  url,
  sid,
  code,
  assets,
  limit: workerLimit = START_LIMIT,
  signal,
}: FrameOptions): Promise<Link> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'Sandbox that runs the example';
  frame.hidden = true;
  const nonce = crypto.randomUUID();
  const control = new MessageChannel();
  const guest = new MessageChannel();

  const link: Link = {
    post: (text) => guest.port1.postMessage(text),
    onText: undefined,
    onClosed: undefined,
    close() {
      removeEventListener('message', announced);
      frame.onload = null;
      frame.remove();
      guest.port1.close();
      control.port1.close();
    },
  };

  let announced: (event: MessageEvent) => void = () => {};
  return new Promise((resolve, reject) => {
    let started = false;
    const fail = (message: string) => {
      settled();
      link.close();
      const failure = { ...NO_START, message };
      reject(new RuntimeError(failure));
      link.onClosed?.(failure);
    };
    const stopped = () => fail('The sandbox was stopped.');
    signal.addEventListener('abort', stopped, { once: true });
    let limit = setTimeout(
      () => fail(`The sandbox’s frame (${url}) did not start within ${seconds(START_LIMIT)}.`),
      START_LIMIT,
    );
    const settled = () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', stopped);
    };

    announced = (event) => {
      if (event.source !== frame.contentWindow || event.data?.type !== 'portway:frame') return;
      removeEventListener('message', announced);
      clearTimeout(limit);
      limit = setTimeout(
        () =>
          fail(`The Worker in the sandbox’s frame did not start within ${seconds(workerLimit)}.`),
        workerLimit,
      );
      // The frame's origin is opaque and has no name; the nonce ties the answer to this question.
      const connect = { type: 'portway:connect', nonce, sid, code, ...(assets ? { assets } : {}) };
      frame.contentWindow?.postMessage(connect, '*', [control.port2, guest.port2]);
    };
    addEventListener('message', announced);

    control.port1.onmessage = (event: MessageEvent) => {
      if (event.data?.nonce !== nonce) return;
      const what = started ? 'failed' : 'did not start';
      if (event.data.type === 'failed') fail(`The sandbox ${what}: ${event.data.message}.`);
    };
    // The guest's own hello, and not the frame's word, is the sign that it runs.
    guest.port1.onmessage = (event: MessageEvent) => {
      if (typeof event.data !== 'string') return;
      if (!started && decode(event.data)?.kind === 'hello') {
        started = true;
        settled();
        resolve(link);
      }
      link.onText?.(event.data);
    };

    let loads = 0;
    frame.onload = () => {
      if (++loads > 1)
        fail('The sandbox’s frame was replaced by another document, and was closed.');
    };
    frame.src = url;
    document.body.append(frame);
  });
}

/** Milliseconds in words. */
export function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} seconds`;
}
