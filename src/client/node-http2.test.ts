// HTTP/2 on real sockets, through the client that dials it.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createGateway } from '../gateway/index.ts';
import { createHttp2Acceptor } from '../gateway/transport/http2.ts';
import type { TraceStep } from '../trace/index.ts';
import { exchangeSuite } from './exchange.suite.ts';
import { dialHttp2 } from './node-http2.ts';
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
  const acceptor = createHttp2Acceptor(gateway);
  const address = { transport: 'tcp', address: '127.0.0.1', port: 1 } as const;
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    acceptor.accept(socket, { peer: address, local_address: address, tls: null }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    dial: dialHttp2('127.0.0.1', (server.address() as AddressInfo).port),
    faults,
    steps,
    drain: gateway.drain,
    idle: gateway.idle,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      acceptor.destroy();
      await closed;
    },
  };
};
const differences: Differences = { addresses: 'tcp', lossCauses: ['peer_reset'], version: '2' };

transportSuite('http2', open, differences);
exchangeSuite('http2', open, differences);
