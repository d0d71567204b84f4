// The words that the two sides of a case and the wire between them agree on.

/** How a peer reaches a gateway: by a call in the process, or over a socket in a version of HTTP. */
export type DriverName = 'memory' | 'h1' | 'h2';

export const DRIVERS: readonly DriverName[] = ['memory', 'h1', 'h2'];

/** The request field that says which case it belongs to, and in which run: `http-response.3 k2jx`. */
export const MARK = 'conformance-case';

/** Protocol of the tunnels that the usual lifespan declares. */
export const TUNNEL = 'conformance';

/** Host of the requests that name no other. */
export const AUTHORITY = 'conformance.example';

/** Note that every call of the application leaves behind: how it has ended. */
export const ENDED = 'ended';
