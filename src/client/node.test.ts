// HTTP/1.1 on real sockets, through the client that dials it.

import { expect, test } from 'vitest';
import { createGateway } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import type { TraceStep } from '../trace/index.ts';
import { exchangeSuite } from './exchange.suite.ts';
import { dialNode } from './node.ts';
import { runRequest } from './run.ts';
import { parseScenario, type ScenarioRequest } from './scenario.ts';
import { type Differences, type OpenBench, transportSuite } from './transport.suite.ts';

const open: OpenBench = async (application, lifespan) => {
  const faults: string[] = [];
  const steps: TraceStep[] = [];
  const gateway = createGateway(application, {
    lifespan,
    tap: (step) => steps.push(step),
    onFault: ({ message }) => faults.push(message),
  });
  await gateway.start();
  const listener = await listen(gateway);
  return {
    dial: dialNode('127.0.0.1', portOf(listener)),
    faults,
    steps,
    drain: gateway.drain,
    idle: gateway.idle,
    async close() {
      listener.destroy();
      await listener.closed;
    },
  };
};
const differences: Differences = { addresses: 'tcp', lossCauses: ['peer_reset'] };

transportSuite('http1', open, differences);
exchangeSuite('http1', open, differences);

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
