// HTTP/1.1 on real sockets, through the client that dials it.

import { expect, test } from 'vitest';
import { createGateway } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import type { TraceStep } from '../trace/index.ts';
import { dialNode } from './node.ts';
import { runRequest } from './run.ts';
import { parseScenario, type ScenarioRequest } from './scenario.ts';
import { transportSuite } from './transport.suite.ts';

transportSuite(
  'http1',
  async (application) => {
    const faults: string[] = [];
    const steps: TraceStep[] = [];
    const gateway = createGateway(application, {
      lifespan: false,
      tap: (step) => steps.push(step),
      onFault: ({ message }) => faults.push(message),
    });
    const listener = await listen(gateway);
    return {
      dial: dialNode('127.0.0.1', portOf(listener)),
      faults,
      steps,
      idle: gateway.idle,
      async close() {
        listener.destroy();
        await listener.closed;
      },
    };
  },
  { addresses: 'tcp', lossCauses: ['peer_reset'] },
);

test('node: a server that is not there is a connection that closes unanswered', async () => {
  const gateway = createGateway(async () => {}, { lifespan: false });
  const listener = await listen(gateway);
  listener.drain();
  await listener.closed;
  const [request] = parseScenario('POST /\n\nbody');
  const dial = dialNode('127.0.0.1', portOf(listener));
  const result = await runRequest(request as ScenarioRequest, { dial, conn: 1 });
  expect(result).toMatchObject({ outcome: 'closed', status: undefined });
});

function portOf({ address }: Listener): number {
  return typeof address === 'string' ? 0 : address.port;
}
