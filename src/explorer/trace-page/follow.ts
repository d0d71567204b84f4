// Follows the trace of `portway dev` by Server-Sent Events, also over a connection that breaks or a server that comes
// back. Knows nothing of what is done with it.

import { NdjsonReader } from '../../trace/formats/ndjson.ts';
import type { TraceEvent } from '../../trace/index.ts';
import type { RunFacts } from './live-runs.ts';

export interface Following {
  readonly onRuns: (runs: readonly RunFacts[]) => void;
  readonly onEvents: (events: readonly TraceEvent[]) => void;
  /** Whether the server is heard. */
  readonly onConnected: (connected: boolean) => void;
  /** What the server has sent cannot be read. */
  readonly onFault: (message: string) => void;
}

/** Milliseconds until it is tried again where the browser gives up. */
const AGAIN = 2000;

/** Follows until the returned function is called. */
export function followTrace(url: string, following: Following): () => void {
  const { onRuns, onEvents, onConnected, onFault } = following;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the last message; a new `EventSource` does not know it. */
  let last = '';

  function connect() {
    source = new EventSource(last === '' ? url : `${url}?after=${encodeURIComponent(last)}`);
    source.onopen = () => onConnected(true);
    source.onerror = () => {
      onConnected(false);
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN);
    };
    source.addEventListener('runs', ({ data }) => take(() => onRuns(JSON.parse(data))));
    source.addEventListener('trace', ({ data, lastEventId }) =>
      take(() => {
        last = lastEventId;
        const reader = new NdjsonReader();
        reader.push(`${data}\n`);
        onEvents(reader.end().events);
      }),
    );
  }

  function take(read: () => void) {
    try {
      read();
    } catch (error) {
      onFault(error instanceof Error ? error.message : String(error));
    }
  }

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
