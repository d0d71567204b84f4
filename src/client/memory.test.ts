// The memory transport, through the client that dials it.

import { createGateway } from '../gateway/index.ts';
import type { TraceStep } from '../trace/index.ts';
import { dialMemory } from './memory.ts';
import { transportSuite } from './transport.suite.ts';

transportSuite(
  'memory',
  async (application) => {
    const faults: string[] = [];
    const steps: TraceStep[] = [];
    const gateway = createGateway(application, {
      lifespan: false,
      tap: (step) => steps.push(step),
      onFault: ({ message }) => faults.push(message),
    });
    return { dial: dialMemory(gateway), faults, steps, idle: gateway.idle, close: async () => {} };
  },
  { addresses: 'memory', lossCauses: ['peer_reset'] },
);
