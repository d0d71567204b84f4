// HTTP/1.1 on real sockets, through the client that dials it.

import { expect, test } from 'vitest';
import { createGateway } from '../gateway/index.ts';
import { listenHttp1 } from '../gateway/transport/node-http1.ts';
import type { TraceStep } from '../trace/index.ts';
import { dialNode } from './node.ts';
import { runRequest } from './run.ts';
import { parseScenario, type ScenarioRequest } from './scenario.ts';
import { transportSuite } from './transport.suite.ts';

transportSuite(
  'node-http1',
  async (application) => {
    const faults: string[] = [];
    const steps: TraceStep[] = [];
    const gateway = createGateway(application, {
      tap: (step) => steps.push(step),
      onFault: ({ message }) => faults.push(message),
    });
    const server = await listenHttp1(gateway, { host: '127.0.0.1', port: 0 });
    return {
      dial: dialNode('127.0.0.1', server.address.port),
      faults,
      steps,
      idle: gateway.idle,
      async close() {
        server.destroy();
        await server.close();
      },
    };
  },
  { addresses: 'tcp', lossCauses: ['peer_reset'] },
);

test('node: a server that is not there is a connection that closes unanswered', async () => {
  const server = await listenHttp1(
    createGateway(async () => {}),
    { host: '127.0.0.1', port: 0 },
  );
  await server.close();
  const [request] = parseScenario('POST /\n\nbody');
  const dial = dialNode('127.0.0.1', server.address.port);
  const result = await runRequest(request as ScenarioRequest, { dial, conn: 1 });
  expect(result).toMatchObject({ outcome: 'closed', status: undefined });
});
