// Loaded into each Node process of a container before its program: reports on descriptor 3 which
// ports it opens and closes, for the `port` and `server-ready` events. Silent in any other process.

import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import type { Server } from 'node:net';

// Descriptor 3 is ours only in a direct child: a process that a program starts for itself inherits the flag alone.
const reports = process.env.WEBCONTAINER_HOST_PID === String(process.ppid);
delete process.env.WEBCONTAINER_HOST_PID;

function report(change: 'open' | 'close', port: number): void {
  writeSync(3, `${change} ${port}\n`);
}

// The program, and what it forks, sees its own flags only.
const flag = process.execArgv.indexOf(import.meta.url);
if (flag !== -1) process.execArgv.splice(flag - 1, 2);

if (reports) {
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: Server };
    const address = server.address();
    if (address === null || typeof address === 'string') return;
    report('open', address.port);
    server.once('close', () => report('close', address.port));
  });
}
