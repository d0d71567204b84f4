// Stands between a gateway and an application in one conversation, listens to both, and reports what breaks a
// requirement. What it passes on it does not touch: the application waits for the gateway's own promises.

import { declaredLength } from '../interface/fields.ts';
import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  EVENTS,
  type LifespanReady,
  type LifespanStartup,
  Misuse,
  type Receive,
  type RequestScope,
  type Send,
} from '../interface/index.ts';
import type { Finding, Found, Side } from './finding.ts';
import { checkReceived } from './received.ts';
import { Referee, type States, TERMINALS, type Verdict } from './referee.ts';
import {
  fingerprint,
  inWords,
  isChangeable,
  isMap,
  isPromise,
  nameOf,
  overlaps,
  type Span,
  spansOf,
} from './values.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a conversation tells of the others, and has from them. */
export interface Surroundings {
  readonly strict: boolean;
  readonly report: (finding: Finding) => void;
  /** Whether the application has been told of a drain in its lifespan. */
  readonly draining: () => boolean;
  readonly drains: () => void;
  readonly ready: (event: LifespanReady) => void;
}

/** Turns of the microtask queue that what was decided has to reach an application through layers of middleware. */
const SLACK = 32;

/** Calls back once everything that was decided by now has been seen, without waiting for the event loop. */
function afterSlack(look: () => void, turns = SLACK): void {
  queueMicrotask(() => (turns > 0 ? afterSlack(look, turns - 1) : look()));
}

/** How many of the last events are looked at again: what an application sends anew is mostly what it has sent last. */
const REMEMBERED = 4;

interface Sent {
  readonly event: unknown;
  readonly type: string | undefined;
  readonly verdict: Verdict;
  /** Whether the peer was lost when it was sent, and when it had been. */
  readonly lostBefore: boolean;
  readonly lostMeanwhile: boolean;
  readonly late: boolean;
  readonly stack: string | undefined;
}

interface Asked {
  /** In which the machines were since it was made. */
  readonly states: States[];
  /** A drain had begun, and the application was not told of it here. */
  readonly drainDue: boolean;
  readonly lostBefore: boolean;
  pending: boolean;
  /** It was made while an earlier one was pending for certain. */
  second: boolean;
  readonly stack: string | undefined;
}

export class CheckedConversation {
  readonly #scope: AnyScope;
  readonly #around: Surroundings;
  readonly #gatewayReceive: Receive<AnyReceiveEvent>;
  readonly #gatewaySend: Send<AnySendEvent>;
  readonly #referee: Referee;
  /** False once the two sides disagree about what has happened: only forms are checked from then on. */
  #agreed = true;
  readonly #judged: boolean;
  readonly #cancel: AbortSignal;
  readonly #prints: { event: Properties; print: string }[] = [];
  readonly #scopePrint: string | undefined;
  #scopeChanged = false;
  readonly #asked: Asked[] = [];
  /** Sends that have not settled, and among them those whose outcome only the gateway knows. */
  #sending = 0;
  #unknown = 0;
  #over = false;
  /** The states before the call ended, which the gateway learns a little later. */
  #beforeEnd: States[] = [];
  #calls = 0;
  #acceptedAny = false;
  #foreign = false;
  #told = false;
  #terminal: { readonly type: string; readonly print: string } | undefined;
  readonly #spans: Span[] = [];
  readonly #given: object[] = [];
  #octets = 0;

  constructor(
    scope: AnyScope,
    receive: Receive<AnyReceiveEvent>,
    send: Send<AnySendEvent>,
    features: ReadonlySet<string>,
    judged: boolean,
    around: Surroundings,
  ) {
    this.#scope = scope;
    this.#gatewayReceive = receive;
    this.#gatewaySend = send;
    this.#around = around;
    this.#judged = judged;
    this.#referee = new Referee(scope, features);
    if (isChangeable(scope as unknown as Properties)) this.#scopePrint = this.#printOfScope();
    this.#cancel = scope.local.cancel;
    if (this.#cancel.aborted) this.#cancelled();
    else this.#cancel.addEventListener('abort', () => this.#cancelled(), { once: true });
  }

  // The application's side.

  readonly receive: Receive<AnyReceiveEvent> = () => {
    this.#calls++;
    const broken = this.#unchanged(this.receive);
    const earlier = this.#asked.findLast(({ pending }) => pending);
    const asked: Asked = {
      states: [...this.#beforeEnd, this.#referee.states],
      // Behind its last word an application is not told whether the peer was lost.
      drainDue: this.#around.draining() && !this.#told && this.#isOpen,
      lostBefore: this.#cancel.aborted,
      pending: true,
      second: false,
      stack: earlier && this.#stack(this.receive),
    };
    if (broken && this.#around.strict) return rejected(broken);
    // An earlier one that was answered at once still has to reach the application: then this is no second.
    if (earlier) {
      afterSlack(() => {
        asked.second = earlier.pending && asked.pending;
      });
    }
    const promise = this.#call(() => this.#gatewayReceive(), 'receive');
    if (!isPromise(promise)) return promise as never;
    this.#asked.push(asked);
    const settle = () => {
      asked.pending = false;
      this.#asked.splice(this.#asked.indexOf(asked), 1);
    };
    promise.then(
      (event) => {
        settle();
        this.#look(() => this.#received(event, asked));
      },
      (error: unknown) => {
        settle();
        this.#look(() => this.#refused(error, asked, earlier !== undefined));
      },
    );
    return promise as Promise<AnyReceiveEvent>;
  };

  readonly send: Send<AnySendEvent> = (event) => {
    this.#calls++;
    const broken = this.#unchanged(this.send);
    if (broken && this.#around.strict) return rejected(broken);
    const verdict = this.#verdict(event);
    const type = typeOf(event);
    const stack = verdict.kind === 'misuse' ? this.#stack(this.send) : undefined;
    if (verdict.kind === 'misuse') {
      this.#misused(verdict, type, stack);
      if (this.#around.strict) return rejected(new Misuse(verdict.requirement, verdict.message));
    }
    const lostBefore = this.#cancel.aborted;
    const late = this.#over;
    const print = isMap(event) ? fingerprint(event) : '';
    if (verdict.kind === 'unknown') this.#unknown++;
    const promise = this.#call(() => this.#gatewaySend(event), 'send', type);
    if (isMap(event)) {
      if (fingerprint(event) !== print)
        this.#found(
          'typescript.bytes-kept',
          `the gateway has changed \`${type}\` while it took it`,
          'gateway',
          type,
        );
      this.#prints.push({ event, print: fingerprint(event) });
      if (this.#prints.length > REMEMBERED) this.#prints.shift();
    }
    const lostMeanwhile = !lostBefore && this.#cancel.aborted;
    // What is lost within the call can have been accepted before.
    if (lostMeanwhile) this.#agreed = false;
    else if (verdict.kind === 'accepted') this.#took(verdict.event);
    if (!isPromise(promise)) {
      this.#agreed = false;
      return promise as never;
    }
    const sent = { event, type, verdict, lostBefore, lostMeanwhile, late, stack };
    this.#sending++;
    promise.then(
      () => this.#look(() => this.#resolved(sent)),
      (error: unknown) => this.#look(() => this.#failed(sent, error)),
    );
    return promise as Promise<void>;
  };

  /** The call has returned. @returns what it is to fail with instead, where the checker is strict */
  returned(): Misuse | undefined {
    const broken = this.#unchanged();
    const { type } = this.#scope;
    let misuse = broken;
    const found = (requirement: string, message: string) => {
      this.#found(requirement, message, 'application');
      misuse ??= new Misuse(requirement, message);
    };
    const response = this.#referee.stateOf('http.response');
    const lifespan = this.#referee.stateOf('lifespan.application');
    if (this.#calls === 0 && (type === 'lifespan' || !this.#judged) && !this.#cancel.aborted)
      found(
        'app.unsupported-scope',
        `the application returned from a scope of the type \`${type}\` without a word`,
      );
    else if (this.#certain) {
      if (response === 'open' || response === 'committed')
        found('http.finish', `the application returned while its response is ${response}`);
      else if (lifespan === 'ready' || lifespan === 'draining')
        found(
          'lifespan.early-end',
          'the application ended its lifespan before it received `lifespan.shutdown`',
        );
      else if ((lifespan === 'called' || lifespan === 'starting') && !this.#cancel.aborted)
        found('lifespan.fatal-start', 'the application returned before it was ready');
    }
    this.#ended('application.returns', false);
    return misuse;
  }

  /** The call has ended with an error. */
  raised(error: unknown): void {
    this.#unchanged();
    const name = nameOf(error);
    const { type } = this.#scope;
    const declined = name === 'UnsupportedScope';
    const lifespan = this.#referee.stateOf('lifespan.application');
    const unheard = !this.#acceptedAny && (this.#foreign || !this.#judged);
    if (!declined && name !== 'Closed' && unheard)
      this.#found(
        'app.unsupported-scope',
        `the application ended a scope of the type \`${type}\`, which it does not seem to handle, with ${inWords(error)}`,
        'application',
      );
    else if (this.#certain && (lifespan === 'ready' || lifespan === 'draining'))
      this.#found(
        'lifespan.early-end',
        `the application ended its lifespan before it received \`lifespan.shutdown\`: ${inWords(error)}`,
        'application',
      );
    this.#ended('application.raises', declined);
  }

  #ended(how: 'application.returns' | 'application.raises', declined: boolean): void {
    this.#over = true;
    this.#beforeEnd = [this.#referee.states];
    this.#referee.ended(how, declined);
    this.#moved();
  }

  // What is sent.

  /** Whether what the machines say is what has happened. */
  get #certain(): boolean {
    return this.#agreed && this.#judged && this.#unknown === 0;
  }

  #verdict(event: unknown): Verdict {
    const verdict = this.#judged ? this.#referee.judge(event) : ({ kind: 'unknown' } as const);
    if (verdict.kind === 'unknown' || (verdict.kind === 'misuse' && verdict.shape)) return verdict;
    // After the end, and behind what only the gateway knows, the gateway's word counts.
    const doubtful =
      this.#over || !this.#certain || (this.#asked.length > 0 && this.#hangsOnInput(event));
    if (!doubtful) return verdict;
    return verdict.kind === 'accepted'
      ? { kind: 'unknown', event: verdict.event }
      : { kind: 'unknown' };
  }

  /** Whether the answer depends on what a pending `receive` may have been given already. */
  #hangsOnInput(event: unknown): boolean {
    return this.#scope.type === 'lifespan' || typeOf(event) === 'http.request.discard';
  }

  #took(event: Properties & { readonly type: string }): void {
    this.#acceptedAny = true;
    if (!this.#referee.take(event)) {
      this.#agreed = false;
      return;
    }
    this.#moved();
    if (event.type === 'lifespan.ready') this.#around.ready(event as unknown as LifespanReady);
    if (event.type === 'websocket.accept') this.#originChecked();
  }

  /** A `receive` that is pending may have been answered before: it is measured by every state since it was made. */
  #moved(): void {
    for (const { states } of this.#asked) states.push(this.#referee.states);
  }

  /** Whether there is something that the application has yet to send. */
  get #isOpen(): boolean {
    return this.#scope.type !== 'lifespan' && !this.#referee.spoken;
  }

  #resolved({ event, type, verdict, late, lostMeanwhile }: Sent): void {
    this.#sending--;
    switch (verdict.kind) {
      case 'unknown': {
        this.#unknown--;
        this.#acceptedAny = true;
        // Judged again, because what stood before it in doubt is settled now.
        const now = this.#referee.judge(event);
        if (late || !this.#judged) return;
        if ((now.kind === 'accepted' || now.kind === 'unknown') && now.event) this.#took(now.event);
        else if (now.kind !== 'unknown') this.#agreed = false;
        return;
      }
      case 'misuse':
        this.#found(
          verdict.requirement,
          `the gateway has accepted what is \`Misuse\`: ${verdict.message}`,
          'gateway',
          type,
        );
        this.#agreed = false;
        return;
      case 'closed':
        if (!this.#certain) return;
        this.#found(
          'closed.on-send',
          'a `send` was accepted although the peer was lost before',
          'gateway',
          type,
        );
        return;
      case 'accepted':
        // It was accepted before the loss that it met.
        if (lostMeanwhile) this.#acceptedAny = true;
    }
  }

  #failed(sent: Sent, error: unknown): void {
    this.#sending--;
    if (sent.verdict.kind === 'unknown') this.#unknown--;
    switch (nameOf(error)) {
      case 'Misuse':
        this.#failedWithMisuse(sent, error as Misuse);
        return;
      case 'Closed':
        this.#failedWithClosed(sent, error);
        return;
      default:
        this.#found(
          'flow.judged-at-call',
          `a \`send\` failed with neither \`Misuse\` nor \`Closed\`: ${inWords(error)}`,
          'gateway',
          sent.type,
        );
        this.#agreed = false;
    }
  }

  #failedWithMisuse({ type, verdict, lostMeanwhile }: Sent, error: Misuse): void {
    const gateway: Found = (requirement, message) =>
      this.#found(requirement, message, 'gateway', type);
    const { requirement } = error;
    if (typeof requirement !== 'string' || requirement === '') {
      gateway('misuse.names-requirement', 'a `Misuse` names no requirement');
      if (verdict.kind !== 'misuse') this.#agreed = false;
      return;
    }
    if (!String(error.message).startsWith(`${requirement}: `))
      gateway(
        'binding.errors',
        `the message of a \`Misuse\` does not begin with \`${requirement}: \``,
      );
    switch (verdict.kind) {
      case 'misuse':
        if (requirement !== verdict.requirement)
          gateway(
            verdict.shape ? 'event.check-order' : 'misuse.names-requirement',
            `a \`Misuse\` names \`${requirement}\` in the place of \`${verdict.requirement}\``,
          );
        return;
      case 'unknown':
        this.#misused({ requirement, message: String(error.message) }, type, error.stack);
        return;
      case 'accepted':
        if (!this.#certain || lostMeanwhile) return;
        gateway(
          'event.by-table',
          `\`${type}\` was rejected as \`Misuse\` of \`${requirement}\`, although it is allowed`,
        );
        this.#agreed = false;
        return;
      case 'closed':
        if (!this.#certain) return;
        gateway(
          'event.closed-first',
          `\`${type}\` was rejected as \`Misuse\` of \`${requirement}\` although the peer was lost before`,
        );
    }
  }

  #failedWithClosed(
    { type, verdict, lostBefore, lostMeanwhile, late }: Sent,
    error: unknown,
  ): void {
    const gateway: Found = (requirement, message) =>
      this.#found(requirement, message, 'gateway', type);
    const { cause, code } = error as Properties;
    // After the call a gateway can let go of what it knew of the conversation (worker.after-end).
    if (late && cause === 'complete') return;
    if (verdict.kind === 'misuse' && verdict.shape) {
      gateway(
        'event.check-order',
        `a malformed event failed with \`Closed\` in the place of \`Misuse\` of \`${verdict.requirement}\``,
      );
      return;
    }
    if (!this.#cancel.aborted) {
      this.#agreed = false;
      // Nothing is signalled when the time of a clean-up is over: the process ends (lifespan.stop-timeout).
      if (this.#scope.type === 'lifespan') return;
      gateway(
        'cancel.on-peer-loss',
        'a `send` failed with `Closed` before `local.cancel` was signalled',
      );
      return;
    }
    const { reason } = this.#cancel;
    const agrees = cause === reason?.cause && code === reason?.code;
    // A start that is given up behind the signal of a drain is given up without another (drain.during-startup).
    if (agrees && this.#scope.type === 'lifespan') this.#referee.expired();
    else if (!agrees)
      gateway(
        'cancel.reason',
        `a \`Closed\` has ${inShort({ cause, code })} where the reason of \`local.cancel\` has ${inShort(reason)}`,
      );
    else if (
      (verdict.kind === 'accepted' && lostBefore) ||
      (verdict.kind === 'misuse' && !lostMeanwhile)
    )
      gateway(
        'closed.on-send',
        `\`${type}\` failed with \`Closed\` although the loss of the peer takes nothing from it`,
      );
  }

  #misused(
    misuse: { readonly requirement: string; readonly message: string },
    type: string | undefined,
    stack: string | undefined,
  ): void {
    if (
      misuse.requirement === 'event.unknown-type-misuse' &&
      type !== undefined &&
      Object.hasOwn(EVENTS, type)
    )
      this.#foreign = true;
    this.#found(misuse.requirement, misuse.message, 'application', type, stack);
  }

  /** security.origin-check: a browser adds cookies for any page. Whether the application has looked cannot be seen. */
  #originChecked(): void {
    const { headers, authority } = this.#scope as RequestScope;
    const first = (wanted: string) => headers.find(([name]) => name === wanted)?.[1];
    const origin = first('origin');
    if (origin === undefined || (first('cookie') ?? first('authorization')) === undefined) return;
    if (origin.toLowerCase().replace(/^[a-z][a-z0-9+.-]*:\/\//, '') === authority.toLowerCase())
      return;
    this.#report({
      side: 'application',
      level: 'warning',
      requirement: 'security.origin-check',
      message: `a WebSocket with credentials was accepted for a page of ${origin}: is that site expected?`,
      event: 'websocket.accept',
    });
  }

  // What is given.

  #received(event: unknown, asked: Asked): void {
    if (asked.second) {
      this.#found(
        'receive.single',
        'an earlier `receive` is still pending',
        'application',
        undefined,
        asked.stack,
      );
      this.#found(
        'receive.single',
        'a second `receive` was taken while an earlier one was pending',
        'gateway',
      );
    }
    const gateway: Found = (requirement, message, side = 'gateway') =>
      this.#found(requirement, message, side, typeOf(event));
    const form = checkReceived(event, this.#scope, gateway);
    if (!form) {
      if (
        this.#terminal &&
        TERMINALS.has(this.#terminal.type) &&
        typeOf(event) !== this.#terminal.type
      )
        this.#repeats(event as Properties, gateway);
      return;
    }
    const { type } = form;
    this.#kept(form, gateway);
    if (type === 'gateway.drain') this.#told = true;
    if (type === 'lifespan.startup') this.#offered(form as unknown as LifespanStartup, gateway);
    if (type === 'lifespan.drain') this.#around.drains();
    if (this.#terminal && this.#repeats(form, gateway)) return;
    const terminal = TERMINALS.has(type);
    if (terminal) this.#terminal ??= { type, print: fingerprint(form) };
    if (!EVENTS[type] || !this.#judged || !this.#agreed) return;
    if (
      type === 'lifespan.shutdown' &&
      this.#cancel.aborted &&
      this.#referee.stateOf('lifespan.application') !== 'draining'
    )
      this.#referee.expired();
    const never = this.#referee.given(type);
    if (never !== undefined) {
      // It may have been given before the application sent what it is measured by.
      if (asked.states.some((states) => this.#referee.neverOf(type, states) === undefined)) return;
      const unknown = this.#unknown > 0;
      this.#agreed = false;
      if (unknown) return;
      gateway(never, `\`${type}\` never comes in the state ${this.#shownStates()}`);
      return;
    }
    if (
      asked.drainDue &&
      type !== 'gateway.drain' &&
      !terminal &&
      !asked.lostBefore &&
      !this.#cancel.aborted &&
      !this.#told
    )
      gateway(
        'drain.notice',
        `a drain has begun, and \`${type}\` was given ahead of \`gateway.drain\``,
      );
    this.#measured(form, gateway);
    if (terminal && this.#unknown === 0) this.#checkTerminal(form, gateway);
  }

  #offered({ offers }: LifespanStartup, gateway: Found): void {
    this.#referee.offers = offers;
    if (fingerprint(offers) !== fingerprint(this.#scope.gateway.features))
      gateway('feature.stable-during-run', '`offers` is not what scope.gateway.features says');
  }

  #shownStates(): string {
    return this.#referee.states.join(', ');
  }

  /** @returns whether the event breaks the end */
  #repeats(event: Properties, gateway: Found): boolean {
    const { type, print } = this.#terminal as { type: string; print: string };
    if (event['type'] === type) {
      if (fingerprint(event) === print) return false;
      gateway(`${TERMINAL_RULES[type]}`, `\`${type}\` was given again with other fields`);
      return true;
    }
    if (Object.hasOwn(EVENTS, String(event['type']))) return false;
    gateway(`${TERMINAL_RULES[type]}`, `\`${String(event['type'])}\` was given after \`${type}\``);
    return true;
  }

  /** Events and octets are given once. */
  #kept(event: Properties & { readonly type: string }, gateway: Found): void {
    if (!TERMINALS.has(event.type)) {
      if (this.#given.includes(event))
        gateway('event.plain-data', 'the same object was given as two events');
      this.#given.push(event);
      if (this.#given.length > REMEMBERED) this.#given.shift();
    }
    for (const span of spansOf(event)) {
      if (this.#spans.some((earlier) => overlaps(earlier, span)))
        gateway(
          'typescript.bytes-kept',
          `\`${event.type}\` has octets in memory that an earlier event was given in`,
        );
      this.#spans.push(span);
      if (this.#spans.length > REMEMBERED) this.#spans.shift();
    }
  }

  /** Lengths and limits of what arrives. */
  #measured(event: Properties & { readonly type: string }, gateway: Found): void {
    const scope = this.#scope as RequestScope;
    const { limits } = scope;
    const octets = (event['data'] as Uint8Array | undefined)?.length;
    if (event.type === 'http.request.body' || event.type === 'tunnel.data') {
      if (octets !== undefined && octets > limits.receive_buffer_octets)
        gateway(
          'flow.input-bounded',
          `a piece has ${octets} octets, and ${limits.receive_buffer_octets} are held at most`,
        );
    }
    if (event.type === 'http.request.body') {
      this.#octets += octets ?? 0;
      if (limits.body_octets !== null && this.#octets > limits.body_octets)
        gateway(
          'security.limits-body',
          `${this.#octets} octets of a body were given, and ${limits.body_octets} are allowed`,
        );
    } else if (event.type === 'http.request.end') {
      const declared = declaredLength(scope.headers);
      if (typeof declared === 'number' && declared !== this.#octets)
        gateway(
          'http.request.end-once',
          `the request has ended after ${this.#octets} of ${declared} octets`,
        );
    }
  }

  #checkTerminal(event: Properties & { readonly type: string }, gateway: Found): void {
    const { cause, code } = event;
    const { aborted, reason } = this.#cancel;
    const response = this.#referee.stateOf('http.response');
    switch (event.type) {
      case 'http.closed':
        if (cause === 'complete') {
          if (response === 'open' || response === 'committed')
            gateway(
              'http.closed.cause',
              `the exchange is complete while its response is ${response}`,
            );
        } else this.#agreesWithLoss(cause, code, 'http.closed.cause', gateway);
        return;
      case 'tunnel.closed':
        if (cause !== 'complete') this.#agreesWithLoss(cause, code, 'tunnel.closed.cause', gateway);
        else if (this.#referee.stateOf('tunnel.conversation') === 'open')
          gateway(
            'tunnel.closed.cause',
            'the tunnel is complete while the application has not ended its direction',
          );
        return;
      case 'websocket.closed': {
        const { initiator } = event;
        const closed = this.#referee.stateOf('websocket.conversation') === 'closed';
        if (initiator === 'application' ? !closed : closed)
          gateway(
            'websocket.closed.codes',
            `the initiator is \`${String(initiator)}\` where the application has ${closed ? '' : 'not '}closed first`,
          );
        else if (initiator !== 'application' && !aborted)
          gateway('cancel.on-peer-loss', 'the peer is lost, and `local.cancel` was not signalled');
        else if (initiator === 'peer' && reason?.cause !== 'peer_closed' && event['clean'] === true)
          gateway(
            'cancel.reason',
            `the peer has closed, and the cause is \`${String(reason?.cause)}\``,
          );
      }
    }
  }

  /** A cause of loss in a terminal event is that of the signal (cancel.reason). */
  #agreesWithLoss(cause: unknown, code: unknown, requirement: string, gateway: Found): void {
    const { aborted, reason } = this.#cancel;
    if (this.#referee.spoken && !aborted)
      gateway(
        requirement,
        `the cause is \`${String(cause)}\` although the application had said its last`,
      );
    else if (!aborted)
      gateway('cancel.on-peer-loss', 'the peer is lost, and `local.cancel` was not signalled');
    else if (cause !== reason?.cause || code !== reason?.code)
      gateway(
        'cancel.reason',
        `the terminal event has ${inShort({ cause, code })} where the reason of \`local.cancel\` has ${inShort(reason)}`,
      );
  }

  #refused(error: unknown, asked: Asked, hadEarlier: boolean): void {
    const requirement = nameOf(error) === 'Misuse' ? (error as Misuse).requirement : undefined;
    if (requirement === 'receive.single') {
      if (hadEarlier)
        this.#found(
          'receive.single',
          'an earlier `receive` is still pending',
          'application',
          undefined,
          asked.stack,
        );
      else
        this.#found(
          'receive.single',
          'a `receive` was rejected as a second although none was pending',
          'gateway',
        );
    } else if (nameOf(error) === 'Misuse' && (requirement === undefined || hadEarlier))
      this.#found(
        'misuse.names-requirement',
        `a second \`receive\` was rejected by \`${String(requirement)}\``,
        'gateway',
      );
    else this.#found('event.by-table', `a \`receive\` failed: ${inWords(error)}`, 'gateway');
  }

  // The signal.

  #cancelled(): void {
    const { reason } = this.#cancel;
    const { type } = this.#scope;
    const gateway: Found = (requirement, message) => this.#found(requirement, message, 'gateway');
    const causes = CAUSES[type] ?? LOSSES;
    const cause = reason?.cause;
    if (nameOf(reason) !== 'Closed' || !causes.includes(cause))
      gateway(
        'cancel.reason',
        `the reason of \`local.cancel\` is no \`Closed\` with a cause of a ${type} conversation: ${inWords(reason)}, ${String(cause)}`,
      );
    else if (reason.code !== undefined && !Number.isSafeInteger(reason.code))
      gateway(
        'binding.errors',
        `\`code\` of the reason of \`local.cancel\` is ${inWords(reason.code)}`,
      );
    if (type === 'lifespan') {
      if (cause === 'timeout') this.#referee.expired();
      return;
    }
    if (this.#certain && !this.#over && cause !== 'shutdown' && this.#referee.spoken)
      gateway(
        'cancel.after-end',
        `\`local.cancel\` was signalled for a loss (${String(cause)}) that takes nothing from the application`,
      );
    // At the deadline of a drain the signal is given where nothing is lost, too (cancel.on-deadline).
    // Whether the other half of a tunnel has ended, the gateway knows first.
    const half = cause === 'shutdown' && this.#referee.stateOf('tunnel.conversation') === 'ended';
    if (this.#referee.spoken || half) return;
    this.#referee.lost();
    this.#moved();
    if (this.#sending === 0 || !this.#referee.isLost) return;
    const sending = this.#sending;
    afterSlack(() => {
      if (this.#sending >= sending && this.#certain)
        gateway(
          'flow.send-settles-on-close',
          `${this.#sending} \`send\`s still wait although the peer is lost`,
        );
    });
  }

  // Changes of what must not change.

  #printOfScope(): string {
    const { local, ...rest } = this.#scope as unknown as Properties;
    return fingerprint({ ...rest, state: (local as Properties)['state'] });
  }

  /** @returns the `Misuse` of what the application has changed since the last look */
  #unchanged(caller?: object): Misuse | undefined {
    let misuse: Misuse | undefined;
    const found = (requirement: string, message: string, type?: string) => {
      this.#found(requirement, message, 'application', type, caller && this.#stack(caller));
      misuse ??= new Misuse(requirement, message);
    };
    if (
      this.#scopePrint !== undefined &&
      !this.#scopeChanged &&
      this.#printOfScope() !== this.#scopePrint
    ) {
      this.#scopeChanged = true;
      found('scope.immutable', 'the scope has changed since the application was called');
    }
    for (const sent of this.#prints) {
      const print = fingerprint(sent.event);
      if (print === sent.print) continue;
      sent.print = print;
      const type = typeOf(sent.event);
      found('send.no-change', `\`${String(type)}\` has changed since it was sent`, type);
    }
    return misuse;
  }

  // Reports.

  /** Calls the gateway. What it throws goes on, and is reported. */
  #call(call: () => unknown, name: string, type?: string): unknown {
    let promise: unknown;
    try {
      promise = call();
    } catch (error) {
      this.#agreed = false;
      this.#found(
        'typescript.promises',
        `\`${name}\` has thrown where it has to reject: ${inWords(error)}`,
        'gateway',
        type,
      );
      throw error;
    }
    if (!isPromise(promise))
      this.#found(
        'typescript.promises',
        `\`${name}\` has returned no promise of the language`,
        'gateway',
        type,
      );
    return promise;
  }

  /** A fault of a check must not become one of the application. */
  #look(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#agreed = false;
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #found(requirement: string, message: string, side: Side, event?: string, stack?: string): void {
    this.#report({ side, level: 'error', requirement, message, event, stack });
  }

  #report({
    event,
    stack,
    ...rest
  }: Omit<Finding, 'id' | 'scope' | 'event' | 'stack'> & {
    event?: string | undefined;
    stack?: string | undefined;
  }): void {
    const { id, type } = this.#scope;
    this.#around.report({
      ...rest,
      id,
      scope: type,
      ...(event === undefined ? {} : { event }),
      ...(stack === undefined ? {} : { stack }),
    });
  }

  /** The stack above a function of this class: where the application has called it. */
  #stack(above: object): string | undefined {
    const place: { stack?: string } = {};
    const { captureStackTrace } = Error as {
      captureStackTrace?: (of: object, above: object) => void;
    };
    if (captureStackTrace) captureStackTrace(place, above);
    else place.stack = new Error().stack ?? '';
    return place.stack?.replace(/^(?:\w*Error\b.*|\[object .*)\n/, '');
  }
}

/** By which requirement nothing follows but the event again. */
const TERMINAL_RULES: Readonly<Record<string, string>> = {
  'http.closed': 'http.closed.repeats',
  'websocket.closed': 'websocket.closed.repeats',
  'tunnel.closed': 'tunnel.closed.repeats',
  'lifespan.shutdown': 'lifespan.drain-order',
};

const LOSSES: readonly string[] = [
  'peer_reset',
  'connection_lost',
  'timeout',
  'limit',
  'protocol_error',
  'shutdown',
];

/** The table “Causes” (proposal 6). */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  websocket: [...LOSSES, 'peer_closed'],
  lifespan: ['timeout', 'shutdown'],
};

function typeOf(event: unknown): string | undefined {
  const type = isMap(event) ? event['type'] : undefined;
  return typeof type === 'string' ? type : undefined;
}

function inShort({ cause, code }: { readonly cause?: unknown; readonly code?: unknown }): string {
  return code === undefined
    ? `\`${String(cause)}\``
    : `\`${String(cause)}\` and the code ${String(code)}`;
}

/** As every call of a gateway: what fails unseen is no error of the program (binding.unawaited). */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}
