// The memory transport, through the client that dials it.

import { createGateway } from '../gateway/index.ts';
import type { TraceStep } from '../trace/index.ts';
import { exchangeSuite } from './exchange.suite.ts';
import { dialMemory } from './memory.ts';
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
  return {
    dial: dialMemory(gateway),
    faults,
    steps,
    drain: gateway.drain,
    idle: gateway.idle,
    close: async () => {},
  };
};
const differences: Differences = { addresses: 'memory', lossCauses: ['peer_reset'] };

transportSuite('memory', open, differences);
exchangeSuite('memory', open, differences);
