// What a checker reports: one breach of one requirement, by one side, in one conversation.

/** Who broke the requirement. `middleware` where it binds whatever stands between the gateway and the application. */
export type Side = 'gateway' | 'application' | 'middleware';

/** One breach. */
export interface Finding {
  readonly side: Side;
  /** `warning` for a SHOULD, and for what could not be checked. */
  readonly level: 'error' | 'warning';
  /** The id of the requirement, for example `http.start-once`. */
  readonly requirement: string;
  /** What happened, in words. */
  readonly message: string;
  /** `id` of the scope, or `(none)`. */
  readonly id: string;
  /** `type` of the scope, or `(none)`. */
  readonly scope: string;
  /** The type of the event that it is about, if there is one. */
  readonly event?: string;
  /** Where the application made the call: the stack from there on, as the host writes it. */
  readonly stack?: string;
}

/** Takes a breach as a check finds it: requirement, words, and whose it is if not the gateway's. */
export type Found = (requirement: string, message: string, side?: Side) => void;
