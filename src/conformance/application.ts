// The application that hosts the whole suite, for a gateway in another process: `portway serve` it, or call it through
// the worker protocol, and point `portway conformance --target URL` at the gateway. One process only: the two sides of a
// case meet in its memory.

import { loadCases } from './cases.ts';
import { hostApplication } from './host.ts';

export default hostApplication(await loadCases());
