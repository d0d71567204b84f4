// The form of an event that a gateway gives, and what can be said of it alone. Knows no state.

import { brokenField } from '../interface/fields.ts';
import {
  type AnyScope,
  EVENTS,
  FEATURES,
  type Fields,
  type RequestScope,
} from '../interface/index.ts';
import type { Found } from './finding.ts';
import { closeCodes } from './referee.ts';
import { checkSection } from './scope.ts';
import { checkFields, isMap, isPrivateName, unplain } from './values.ts';

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

const DATAGRAM_OCTETS = 65_535;
const encoder = new TextEncoder();

/**
 * Checks an event that was given in a conversation.
 * @returns the event where it is one of this type of conversation in a sound form, or a private one
 */
export function checkReceived(given: unknown, scope: AnyScope, found: Found): Event | undefined {
  const place = isMap(given) ? unplain(given, 'the event') : 'the event is no map';
  if (place !== undefined) {
    found('event.plain-data', `${place}, so it is no plain data`);
    return undefined;
  }
  const event = given as Event;
  const { type } = event;
  if (typeof type !== 'string') {
    found('event.plain-data', 'the event has no `type`');
    return undefined;
  }
  const description = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  if (!description) {
    if (isPrivateName(type)) return event;
    found(
      'feature.private-names',
      `\`${type}\` is no event of the specification, and no private name`,
    );
    return undefined;
  }
  if (description.direction === 'send' || !description.scope.includes(scope.type)) {
    const requirement = scope.type === 'lifespan' ? 'lifespan.drain-order' : 'event.by-table';
    found(requirement, `\`${type}\` is not given in a conversation of the type \`${scope.type}\``);
    return undefined;
  }
  const { feature } = description;
  if (
    feature !== undefined &&
    FEATURES[feature] &&
    !Object.hasOwn(scope.gateway.features, feature)
  ) {
    found(
      'feature.not-unasked',
      `\`${type}\` belongs to the feature \`${feature}\`, which is not offered`,
    );
    return undefined;
  }
  let sound = true;
  const broken: Found = (...all) => {
    sound = false;
    found(...all);
  };
  const { type: _, ...fields } = event;
  checkFields(description.fields, fields, type, broken);
  const { exactlyOne } = description;
  if (exactlyOne && exactlyOne.filter((name) => event[name] !== undefined).length !== 1)
    broken(
      description.requirement,
      `\`${type}\` has not exactly one of ${exactlyOne.join(' and ')}`,
    );
  if (!sound) return undefined;
  checkContent(event, scope as RequestScope, broken);
  return sound ? event : undefined;
}

function checkContent(event: Event, scope: RequestScope, found: Found): void {
  const octets = (event['data'] as Uint8Array | undefined)?.length;
  switch (event.type) {
    case 'http.request.body':
      if (octets === 0) found('http.request.no-empty-body', 'a piece of the body is empty');
      return;
    case 'tunnel.data':
      if (octets === 0) found('tunnel.data-order', 'a piece of the tunnel is empty');
      return;
    case 'tunnel.datagram':
      if (octets !== undefined && octets > DATAGRAM_OCTETS)
        found('tunnel.datagram.dropped', `a datagram has ${octets} octets`);
      return;
    case 'http.request.end':
      checkTrailers(event['trailers'] as Fields, scope, found);
      return;
    case 'websocket.message': {
      const length = octets ?? encoder.encode(event['text'] as string).length;
      if (length > scope.limits.message_octets)
        found(
          'websocket.message-limit',
          `a message has ${length} octets, and ${scope.limits.message_octets} are allowed`,
        );
      return;
    }
    case 'websocket.closed':
      checkClosed(event, found);
  }
}

function checkTrailers(trailers: Fields, { limits }: RequestScope, found: Found): void {
  const upper = trailers.find(([name]) => /[A-Z]/.test(name));
  const broken = brokenField(trailers);
  if (upper) found('http.headers.lowercase', `the name \`${upper[0]}\` is not in lowercase`);
  else if (broken !== undefined) found('security.message-syntax', broken);
  else checkSection(trailers, limits, 'security.limits-body', found);
}

/** The column `code` of the table “How a WebSocket ends” (proposal 4). */
function checkClosed({ code, reason, initiator, clean }: Event, found: Found): void {
  const number = code as number;
  const own = [1001, 1002, 1006, 1007, 1009];
  const wrong =
    initiator === 'gateway'
      ? !own.includes(number) || reason !== '' || clean === true
      : (number === 1006 && (reason !== '' || clean === true)) ||
        (number === 1005 && reason !== '') ||
        !(number === 1005 || number === 1006 || closeCodes.received(number));
  if (wrong)
    found(
      'websocket.closed.codes',
      `code ${number}, reason ${JSON.stringify(reason)} and clean ${clean} do not go with the initiator \`${String(initiator)}\``,
    );
}
