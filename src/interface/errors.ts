// The three errors of the interface. Each says whose fault it is (proposal 2, "Errors").

/** The application broke a requirement, and would do so every time. Nothing happened on the wire. */
export class Misuse extends Error {
  /** The id of the requirement, for example `http.start-once`. */
  readonly requirement: string;
  constructor(requirement: string, message: string) {
    super(`${requirement}: ${message}`);
    this.name = 'Misuse';
    this.requirement = requirement;
  }
}

/** The peer was lost before the event could take effect. A lost race, not a fault (closed.not-an-error). */
export class Closed extends Error {
  /** Why it was lost, as cancel.reason names it: a `cause` of `http.closed`, for example. */
  override readonly cause: string;
  /** The error code of the protocol, where the peer gave one. */
  readonly code: number | undefined;
  constructor(cause: string, code?: number) {
    super(`the conversation is closed: ${cause}`);
    this.name = 'Closed';
    this.cause = cause;
    this.code = code;
  }
}

/** Raised by an application for a scope whose type it does not handle (app.unsupported-scope). */
export class UnsupportedScope extends Error {
  readonly scopeType: string;
  constructor(scopeType: string) {
    super(`this application does not handle the scope type \`${scopeType}\``);
    this.name = 'UnsupportedScope';
    this.scopeType = scopeType;
  }
}
