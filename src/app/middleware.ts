// What middleware is made of: composition, changed copies of a scope, and features that it takes off the offer.

import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type Application,
  EVENTS,
  FEATURES,
  type GatewayMarker,
  Misuse,
  type Receive,
  type Send,
} from '../interface/index.ts';
import { rejected, typeOf } from './promises.ts';

/** Makes an application of the application below it. It stands in between, for every type of conversation. */
export type Middleware = (app: Application) => Application;

type Features = GatewayMarker['features'];

/** The application behind all of the middleware. The first is the outermost: it sees a scope first. */
export function compose(app: Application, ...middleware: readonly Middleware[]): Application {
  return middleware.reduceRight((below, wrap) => wrap(below), app);
}

/**
 * A copy of a scope with some fields changed, for the application below (scope.middleware-copies). The copy is frozen,
 * and so is what the changes hold, as the scope of a gateway is (typescript.frozen).
 */
export function withScope<S extends AnyScope>(
  scope: S,
  changes: Readonly<Partial<Omit<S, 'type' | 'local'>>>,
): S {
  for (const value of Object.values(changes)) freeze(value);
  return Object.freeze({ ...scope, ...changes } as S);
}

/** A copy of a scope with another `local.state`. The map is copied and frozen; its values are left alone. */
export function withState<S extends AnyScope>(
  scope: S,
  state: Readonly<Record<string, unknown>>,
): S {
  const { local } = scope;
  const own = Object.freeze({
    // Asked for late: a gateway may make the signal when somebody wants it.
    get cancel() {
      return local.cancel;
    },
    state: Object.freeze({ ...state }),
  });
  return Object.freeze({ ...scope, local: own } as S);
}

function freeze(value: unknown): void {
  // Octets cannot be frozen.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}

/** Whether an event or a scope type belongs to a feature (proposal 2, “Events”; feature.private-names). */
export function belongsTo(type: string, feature: string): boolean {
  const known = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  if (known) return known.feature === feature;
  // Scope types of this specification have the name of their feature; private names begin with it.
  return type === feature || (feature.includes('.') && type.startsWith(`${feature}.`));
}

/**
 * Middleware that takes a feature off `offers` and `gateway.features`, or only the revisions that are named
 * (feature.middleware-removes). Like a gateway without the feature, it rejects its acceptance and its events.
 */
export function withoutFeature(feature: string, revisions?: readonly number[]): Middleware {
  const remainder = (offered: readonly number[]): readonly number[] => {
    const left = revisions ? offered.filter((revision) => !revisions.includes(revision)) : [];
    // feature.default-kept: without its first revision such a feature is not offered at all.
    return FEATURES[feature]?.default && !left.includes(1) ? [] : left;
  };
  const reduce = (features: Features): Features => {
    if (!Object.hasOwn(features, feature)) return features;
    const { [feature]: offered = [], ...others } = features;
    const left = remainder(offered);
    return Object.freeze(
      left.length === 0 ? others : { ...others, [feature]: Object.freeze(left) },
    );
  };
  // One marker for all scopes of a run (feature.stable-during-run).
  const markers = new WeakMap<GatewayMarker, GatewayMarker>();
  const reduced = (gateway: GatewayMarker): GatewayMarker => {
    let marker = markers.get(gateway);
    if (!marker) {
      marker = Object.freeze({ ...gateway, features: reduce(gateway.features) });
      markers.set(gateway, marker);
    }
    return marker;
  };

  return (app) => async (scope, receive, send) => {
    const gateway = reduced(scope.gateway);
    const below = Object.freeze({ ...scope, gateway });
    if (scope.type === 'lifespan') {
      await app(below, offering(receive, reduce), accepting(send, gateway.features, feature));
    } else if (Object.hasOwn(gateway.features, feature)) {
      await app(below, receive, send);
    } else {
      await app(below, receive, withholding(send, [feature]));
    }
  };
}

/** Gives a `lifespan.startup` with fewer offers, and every other event as it is. */
function offering(
  receive: Receive<AnyReceiveEvent>,
  reduce: (offers: Features) => Features,
): Receive<AnyReceiveEvent> {
  return async () => {
    const event = await receive();
    if (event.type !== 'lifespan.startup') return event;
    return Object.freeze({ ...event, offers: reduce(event.offers) });
  };
}

/** Rejects a `lifespan.ready` that accepts what of one feature was not on offer (lifespan.accepts-offered). */
function accepting(
  send: Send<AnySendEvent>,
  offers: Features,
  feature: string,
): Send<AnySendEvent> {
  return (event) => {
    if (typeOf(event) === 'lifespan.ready') {
      // feature.marked-keys: the key with the mark stands in the place of the other.
      const marked = event as { readonly '!accepts'?: unknown; readonly accepts?: unknown };
      const accepts = marked['!accepts'] ?? marked.accepts;
      const revision =
        typeof accepts === 'object' && accepts !== null && Object.hasOwn(accepts, feature)
          ? (accepts as Readonly<Record<string, unknown>>)[feature]
          : undefined;
      const offered = Object.hasOwn(offers, feature) ? (offers[feature] ?? []) : [];
      if (typeof revision === 'number' && !offered.includes(revision)) {
        return rejected(
          new Misuse(
            'lifespan.accepts-offered',
            `revision ${revision} of the feature \`${feature}\` is not on offer here`,
          ),
        );
      }
    }
    return send(event);
  };
}

/** Rejects the events of features that are not in force below (feature.only-accepted), and passes on the others. */
export function withholding(
  send: Send<AnySendEvent>,
  features: readonly string[],
): Send<AnySendEvent> {
  return (event) => {
    const type = typeOf(event);
    if (type !== undefined) {
      const feature = features.find((name) => belongsTo(type, name));
      if (feature !== undefined) {
        return rejected(
          new Misuse(
            'feature.only-accepted',
            `\`${type}\` belongs to the feature \`${feature}\`, which is not in force here`,
          ),
        );
      }
    }
    return send(event);
  };
}
