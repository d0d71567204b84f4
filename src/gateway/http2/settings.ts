// The settings of HTTP/2 (RFC 9113 section 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1): which there are, and which
// values they can have. What a change of one leads to is the connection's business.

import { CODE, MOST } from './frames.ts';

export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
  noRfc7540Priorities: 9,
} as const;

/** What holds of a window until somebody sets it, in octets. */
export const INITIAL_WINDOW = 65_535;

/** Why a connection ends, with the code of RFC 9113 section 7. */
export interface ConnectionFault {
  readonly code: number;
  readonly message: string;
}

/** Calls `set` for each setting of a payload whose length is right, in order. @returns the first that has a bad value */
export function readSettings(
  payload: Uint8Array,
  set: (id: number, value: number) => void,
): ConnectionFault | undefined {
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    const id = ((payload[at] as number) << 8) | (payload[at + 1] as number);
    const value = uint32(payload, at + 2);
    const fault = faultOf(id, value);
    if (fault) return fault;
    set(id, value);
  }
  return undefined;
}

function faultOf(id: number, value: number): ConnectionFault | undefined {
  switch (id) {
    case SETTING.enablePush:
    case SETTING.enableConnectProtocol:
    case SETTING.noRfc7540Priorities:
      if (value <= 1) return undefined;
      return { code: CODE.protocol, message: `setting ${id} is ${value}, and can be 0 or 1` };
    case SETTING.initialWindowSize:
      if (value <= MOST) return undefined;
      return { code: CODE.flowControl, message: `the initial window of ${value} is too large` };
    case SETTING.maxFrameSize:
      if (value >= 16_384 && value <= 16_777_215) return undefined;
      return { code: CODE.protocol, message: `frames cannot be of at most ${value} octets` };
    default:
      return undefined;
  }
}

/** Four octets in network order, as a number that is not negative. */
export function uint32(octets: Uint8Array, at: number): number {
  return (
    (octets[at] as number) * 0x100_0000 +
    (((octets[at + 1] as number) << 16) |
      ((octets[at + 2] as number) << 8) |
      (octets[at + 3] as number))
  );
}
