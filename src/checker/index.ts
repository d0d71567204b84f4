// The checker: an application like any other, that hands everything on to the one below it and reports what either side
// of it does against the specification. The successor of `wsgiref.validate`.

import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type Application,
  FEATURES,
  type FeatureDescription,
  INTERFACE_VERSION,
  type LifespanReady,
  type Receive,
  type Send,
} from '../interface/index.ts';
import { CheckedConversation } from './conversation.ts';
import type { Finding, Found } from './finding.ts';
import { recordOf } from './records.ts';
import { checkForm, checkRequest } from './scope.ts';
import { fingerprint, isMap, isPrivateName, nameOf } from './values.ts';

export type { Finding, Side } from './finding.ts';

export interface CheckerOptions {
  /** Takes each breach as it is found. What it throws is the program's error, and not the application's. */
  readonly report: (finding: Finding) => void;
  /**
   * True: what the application breaks fails. Such a `send` is not handed on, and a call that returns too early ends with
   * `Misuse`. Default false: nothing changes for anybody.
   */
  readonly strict?: boolean;
  /** False: the gateway has no lifespan for the application, and was told so. Default true. */
  readonly lifespan?: boolean;
}

/** What one application in one run of a gateway has in common. */
interface Run {
  readonly ids: Set<string>;
  readonly scopes: WeakSet<object>;
  marker: string | undefined;
  lifespan: 'none' | 'running' | 'over';
  ready: boolean;
  /** Absent until the application has answered. */
  accepted: Readonly<Record<string, number>> | undefined;
  tunnels: readonly string[] | undefined;
  state: Readonly<Record<string, unknown>> | undefined;
  draining: boolean;
  /** The lack of a lifespan is reported once. */
  complained: boolean;
}

function newRun(): Run {
  return {
    ids: new Set(),
    scopes: new WeakSet(),
    marker: undefined,
    lifespan: 'none',
    ready: false,
    accepted: undefined,
    tunnels: undefined,
    state: undefined,
    draining: false,
    complained: false,
  };
}

/**
 * The application with a checker before it. It can stand anywhere between a gateway, middleware and an application; what
 * is above it counts as the gateway. Scopes, events and promises pass as they are.
 */
export function checked(application: Application, options: CheckerOptions): Application {
  const { strict = false } = options;
  let run = newRun();
  const report = (finding: Finding) => {
    try {
      options.report(finding);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  return (scope, receive, send) => {
    // A lifespan behind one that is over begins another run of the gateway.
    if (isMap(scope) && scope.type === 'lifespan' && run.lifespan === 'over') run = newRun();
    const own = run;
    const { sound, judged } = checkScope(
      scope,
      own,
      options.lifespan !== false,
      (requirement, message, side = 'gateway') =>
        report({
          side,
          level: requirement === 'scope.gateway-marker' && isVersion(scope) ? 'warning' : 'error',
          requirement,
          message,
          id: String((scope as Partial<AnyScope> | undefined)?.id ?? '(none)'),
          scope: String((scope as Partial<AnyScope> | undefined)?.type ?? '(none)'),
        }),
    );
    if (!sound) return application(scope, receive, send);
    const conversation = new CheckedConversation(
      scope,
      receive,
      send,
      inForce(scope, own),
      judged,
      {
        strict,
        report,
        draining: () => own.draining,
        drains: () => {
          own.draining = true;
        },
        ready: (event) => answered(own, event),
      },
    );
    if (scope.type === 'lifespan') own.lifespan = 'running';
    return follow(application, scope, conversation, strict, (error) => {
      if (scope.type !== 'lifespan') return;
      own.lifespan = 'over';
      if (!own.ready && nameOf(error) === 'UnsupportedScope') answered(own, undefined);
    });
  };
}

/** Calls the application, and looks at how its call ends before the gateway does. */
function follow(
  application: Application,
  scope: AnyScope,
  conversation: CheckedConversation,
  strict: boolean,
  ended: (error: unknown) => void,
): Promise<void> {
  const returned = () => {
    ended(undefined);
    return conversation.returned();
  };
  const raised = (error: unknown) => {
    ended(error);
    conversation.raised(error);
  };
  let call: Promise<void>;
  try {
    call = application(
      scope,
      conversation.receive as Receive<AnyReceiveEvent>,
      conversation.send as Send<AnySendEvent>,
    );
  } catch (error) {
    raised(error);
    throw error;
  }
  if (typeof (call as Partial<Promise<void>> | undefined)?.then !== 'function') {
    const misuse = returned();
    if (strict && misuse) throw misuse;
    return call;
  }
  if (strict) {
    return call.then(
      () => {
        const misuse = returned();
        if (misuse) throw misuse;
      },
      (error: unknown) => {
        raised(error);
        throw error;
      },
    );
  }
  call.then(returned, raised);
  return call;
}

/** The application has said what it accepts, or has no lifespan (feature.default-stated). */
function answered(run: Run, event: LifespanReady | undefined): void {
  run.ready = true;
  run.accepted = event ? (event.accepts ?? {}) : undefined;
  run.tunnels = event ? [...(event.tunnels ?? [])] : [];
  run.state = event ? { ...event.state } : {};
}

/** Names of the features in force: accepted, and listed (proposal 7, “Terms”). */
function inForce({ gateway }: AnyScope, { accepted }: Run): ReadonlySet<string> {
  const names = Object.entries(gateway.features).filter(([name, revisions]) =>
    accepted
      ? Object.hasOwn(accepted, name) && revisions.includes(accepted[name] as number)
      : (FEATURES[name] as FeatureDescription | undefined)?.default === true,
  );
  return new Set(names.map(([name]) => name));
}

function isVersion(scope: unknown): boolean {
  const gateway = (scope as Partial<AnyScope> | undefined)?.gateway;
  return /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/.test(String(gateway?.interface));
}

/** @returns whether its form is sound, and whether what passes can be judged by the tables of this version */
function checkScope(
  scope: AnyScope,
  run: Run,
  hasLifespan: boolean,
  found: Found,
): { sound: boolean; judged: boolean } {
  let sound: boolean;
  try {
    sound = checkForm(scope, found);
  } catch (error) {
    found('scope.plain-data', `the scope cannot be read: ${String(error)}`);
    sound = false;
  }
  if (!sound) return { sound, judged: false };
  if (scope.gateway.interface !== INTERFACE_VERSION) {
    if (isVersion(scope))
      found(
        'scope.gateway-marker',
        `the gateway speaks ${scope.gateway.interface}, and this checker ${INTERFACE_VERSION}: the conversation is not checked`,
      );
    return { sound: false, judged: false };
  }
  checkIdentity(scope, run, found);
  const record = recordOf(scope.type);
  if (scope.type === 'lifespan') {
    if (run.lifespan === 'running')
      found(
        'lifespan.per-process',
        'the application is called for a second lifespan while the first goes on',
      );
    return { sound, judged: true };
  }
  if (hasLifespan) checkReady(scope, run, found);
  if (!record) {
    if (!belongs(scope))
      found(
        'feature.not-unasked',
        `no feature is offered to which the scope type \`${scope.type}\` belongs`,
      );
    return { sound, judged: false };
  }
  if (scope.type === 'tunnel' && !inForce(scope, run).has('tunnel') && hasLifespan)
    found('feature.not-unasked', 'a tunnel was given, and the feature `tunnel` is not accepted');
  else checkRequest(scope, hasLifespan && run.ready ? run.tunnels : undefined, found);
  return { sound, judged: true };
}

function belongs({ type, gateway }: AnyScope): boolean {
  return Object.keys(gateway.features).some(
    (feature) => isPrivateName(feature) && (type as string).startsWith(`${feature}.`),
  );
}

function checkIdentity(scope: AnyScope, run: Run, found: Found): void {
  if (run.scopes.has(scope))
    found('app.once-per-scope', 'the application is called a second time with one scope');
  else if (run.ids.has(scope.id))
    found('scope.id-unique', `another conversation has the id ${JSON.stringify(scope.id)}`);
  run.scopes.add(scope);
  run.ids.add(scope.id);
  const marker = fingerprint(scope.gateway);
  run.marker ??= marker;
  if (run.marker !== marker)
    found('feature.stable-during-run', 'scope.gateway is not what an earlier scope has had');
}

/** lifespan.first, lifespan.state-shared */
function checkReady(scope: AnyScope, run: Run, found: Found): void {
  if (!run.ready) {
    if (run.complained && run.lifespan === 'none') return;
    run.complained = true;
    found(
      'lifespan.first',
      run.lifespan === 'none'
        ? 'the application is called before its lifespan'
        : 'the application is called before it is ready',
    );
    return;
  }
  const { state } = scope.local;
  const published = run.state ?? {};
  const names = Object.keys(published);
  const same =
    names.length === Object.keys(state).length &&
    names.every((name) => Object.is(published[name], (state as Record<string, unknown>)[name]));
  if (!same)
    found('lifespan.state-shared', 'scope.local.state is not what the application published');
}
