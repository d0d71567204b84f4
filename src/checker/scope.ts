// What a scope says, checked by itself: its form, and whether its fields agree with each other. Knows nothing of the
// conversation, nor of other scopes.

import { brokenField, isToken, listOf } from '../interface/fields.ts';
import {
  type AnyScope,
  FEATURES,
  type Fields,
  type Limits,
  type RequestScope,
  type TunnelScope,
} from '../interface/index.ts';
import type { Found } from './finding.ts';
import { RECORDS, recordOf } from './records.ts';
import { checkFields, isMap, isPrivateName, unfrozen, unplain } from './values.ts';

/**
 * Checks form and freeze of a scope.
 * @returns whether it is sound enough for its fields to be looked at further
 */
export function checkForm(scope: unknown, found: Found): scope is AnyScope {
  if (!isMap(scope)) {
    found('scope.plain-data', 'the scope is no map');
    return false;
  }
  let sound = true;
  const broken: Found = (...all) => {
    sound = false;
    found(...all);
  };
  for (const [name, value] of Object.entries(scope)) {
    const place =
      name === 'local' || value === undefined ? undefined : unplain(value, `scope.${name}`);
    if (place !== undefined) broken('scope.plain-data', `${place}, which is no plain data`);
  }
  if (!sound) return false;
  const { type } = scope;
  const record = typeof type === 'string' ? recordOf(type) : undefined;
  if (record) checkFields(record, scope, 'scope', broken);
  else {
    checkFields(
      RECORDS['scope'] ?? {},
      { type, id: scope['id'], gateway: scope['gateway'], local: scope['local'] },
      'scope',
      broken,
    );
    if (typeof type === 'string' && !isPrivateName(type))
      broken(
        'feature.private-names',
        `${JSON.stringify(type)} is no type of a scope, and no private name`,
      );
  }
  if (!sound) return false;
  const place = unfrozen(scope);
  if (place !== undefined) found('typescript.frozen', `${place} is not frozen`);
  checkMarker(scope as unknown as AnyScope, found);
  return true;
}

function checkMarker({ gateway }: AnyScope, found: Found): void {
  if (!/^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/.test(gateway.interface))
    found('scope.gateway-marker', `${JSON.stringify(gateway.interface)} is no interface version`);
  for (const [feature, revisions] of Object.entries(gateway.features)) {
    const known = Object.hasOwn(FEATURES, feature) ? FEATURES[feature] : undefined;
    if (!known && !isPrivateName(feature))
      found(
        'feature.private-names',
        `the feature \`${feature}\` is none of the specification's, and no private name`,
      );
    const ascending = revisions.every((revision, at) => revision > (revisions[at - 1] ?? 0));
    if (revisions.length === 0 || !ascending)
      found(
        'feature.listed',
        `the revisions of \`${feature}\` are not in ascending order: [${revisions}]`,
      );
    else if (known?.default && !revisions.includes(1))
      found('feature.default-kept', `\`${feature}\` is listed without its first revision`);
  }
}

/** Checks what a request's scope says of the request. `tunnels` are those that the application declared. */
export function checkRequest(
  scope: Exclude<AnyScope, { type: 'lifespan' }>,
  tunnels: readonly string[] | undefined,
  found: Found,
): void {
  checkHeaders(scope.headers, scope.http_version, found);
  checkTarget(scope, found);
  checkMount(scope, found);
  checkLength(scope, found);
  checkUpgrade(scope, found);
  checkLimits(scope, found);
  if (!['http', 'https'].includes(scope.scheme))
    found(
      'interface.complete',
      `scope.scheme is ${JSON.stringify(scope.scheme)}, not http or https`,
    );
  if (scope.tls?.verified && scope.tls.client_chain.length === 0)
    found('security.tls-facts', 'scope.tls.verified is true without a chain of certificates');
  if (scope.type === 'websocket') checkHandshake(scope, found);
  else if (scope.type === 'tunnel') checkTunnel(scope, tunnels, found);
  else if (scope.method === 'CONNECT')
    found('tunnel.undeclared-connect', 'a CONNECT has a scope of the type `http`');
}

function checkHeaders(headers: Fields, version: string, found: Found): void {
  const names = headers.map(([name]) => name);
  const pseudo = names.find((name) => name.startsWith(':'));
  const upper = names.find((name) => /[A-Z]/.test(name));
  if (pseudo !== undefined) found('http.headers.no-pseudo', `\`${pseudo}\` is among the headers`);
  else if (upper !== undefined)
    found('http.headers.lowercase', `the name \`${upper}\` is not in lowercase`);
  else {
    const broken = brokenField(headers);
    if (broken !== undefined) found('security.request-field-syntax', broken);
  }
  const cookies = names.filter((name) => name === 'cookie').length;
  if (cookies > 1 && (version === '2' || version === '3'))
    found(
      'http.headers.cookie-joined',
      `there are ${cookies} \`cookie\` fields over HTTP/${version}`,
    );
}

/** Path and query of a target, undefined for one without (RFC 9112 section 3.2). */
function partsOf({
  target,
  method,
  upgrade,
}: RequestScope): { path: string; query: string | null } | undefined {
  if (target === '*') return { path: '*', query: null };
  if (method === 'CONNECT' && upgrade === null) return { path: '', query: null };
  const rest = target.startsWith('/')
    ? target
    : /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*(.*)$/.exec(target)?.[1];
  if (rest === undefined) return undefined;
  const whole = rest.startsWith('/') ? rest : `/${rest}`;
  const mark = whole.indexOf('?');
  return mark < 0
    ? { path: whole, query: null }
    : { path: whole.slice(0, mark), query: whole.slice(mark + 1) };
}

/**
 * Middleware can rewrite a path, so one that differs from the target's says nothing by itself. What it looks like does:
 * a path that is the target's, decoded or cleaned, was not left as it came.
 */
function checkTarget(scope: RequestScope, found: Found): void {
  const { path, query, target } = scope;
  const asked = partsOf(scope);
  if (asked === undefined) return;
  if (path !== asked.path) {
    if (cleaned(asked.path).includes(path))
      found(
        'http.path.encoded',
        `scope.path is ${JSON.stringify(path)} where the target is ${JSON.stringify(target)}`,
      );
    return;
  }
  if ((query === null) !== (asked.query === null))
    found(
      'http.query.null',
      `scope.query is ${JSON.stringify(query)} where the target is ${JSON.stringify(target)}`,
    );
}

/** What gateways that are not careful make of a path. */
function cleaned(path: string): string[] {
  const decoded = decode(path);
  return [path, decoded].flatMap((one) => [
    one,
    collapse(one),
    withoutDots(one),
    withoutDots(collapse(one)),
  ]);
}

function decode(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function collapse(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** RFC 3986 section 5.2.4 */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.splice(Math.max(1, kept.length - 1));
    else if (segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') kept.push('');
  return kept.join('/');
}

function checkMount(scope: RequestScope, found: Found): void {
  const { path, mount } = scope;
  if (mount === '') return;
  if (path.startsWith(mount) && ['', '/'].includes(path.charAt(mount.length))) return;
  // Stripped paths are what other interfaces give.
  if (partsOf(scope)?.path === mount + path || mount + path === `${mount}/`)
    found(
      'http.mount.full-path',
      `scope.path is ${JSON.stringify(path)} without the mount ${JSON.stringify(mount)}`,
      'middleware',
    );
  else
    found(
      'http.mount.boundary',
      `the mount ${JSON.stringify(mount)} is no prefix of ${JSON.stringify(path)} at a segment boundary`,
      'middleware',
    );
}

function checkLength({ headers, content_length }: RequestScope, found: Found): void {
  const lengths = new Set(
    headers.filter(([name]) => name === 'content-length').map(([, value]) => value),
  );
  const coded = headers.some(([name]) => name === 'transfer-encoding');
  const [length] = lengths;
  if (
    lengths.size > 1 ||
    (coded && lengths.size > 0) ||
    (length !== undefined && !/^\d{1,15}$/.test(length))
  )
    found(
      'security.framing-conflict',
      'the header fields do not say in one way where the request ends',
    );
  else if (content_length !== (length === undefined ? null : Number(length)))
    found(
      'interface.complete',
      `scope.content_length is ${content_length} where the field is ${length}`,
    );
}

function checkUpgrade(scope: RequestScope, found: Found): void {
  const { upgrade, headers, http_version, method } = scope;
  const wrong = (message: string) => found('http.upgrade.offers', message);
  if (upgrade?.offers.length === 0) wrong('scope.upgrade.offers is empty');
  else if (upgrade?.via === 'extended_connect') {
    if (upgrade.offers.length !== 1 || method !== 'CONNECT' || http_version.startsWith('1.'))
      wrong('only a CONNECT over HTTP/2 and HTTP/3 has a :protocol, and one');
  } else {
    const named = listOf(headers, 'connection').some(
      (option) => option.toLowerCase() === 'upgrade',
    );
    const offered = http_version === '1.1' && named ? listOf(headers, 'upgrade') : [];
    const given = upgrade?.offers ?? [];
    if (offered.join() !== given.join())
      wrong(
        `scope.upgrade offers [${given.join(', ')}] where the request offers [${offered.join(', ')}]`,
      );
  }
}

function checkLimits(
  { limits, target, method, headers, content_length }: RequestScope,
  found: Found,
): void {
  if (target.length > limits.target_octets)
    found(
      'security.limits-target',
      `the target has ${target.length} octets, and ${limits.target_octets} are allowed`,
    );
  if (method.length > 64) found('security.limits-method', `the method has ${method.length} octets`);
  checkSection(headers, limits, 'security.limits-head', found);
  if (limits.body_octets !== null && (content_length ?? 0) > limits.body_octets)
    found(
      'security.limits-body-declared',
      `the request declares ${content_length} octets, and ${limits.body_octets} are allowed`,
    );
}

/** Number and size of header or trailer fields. */
export function checkSection(
  fields: Fields,
  limits: Limits,
  requirement: string,
  found: Found,
): void {
  const size = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (fields.length > limits.header_fields)
    found(
      requirement,
      `there are ${fields.length} fields, and ${limits.header_fields} are allowed`,
    );
  else if (size > limits.header_octets)
    found(requirement, `the fields have ${size} octets, and ${limits.header_octets} are allowed`);
}

/** The tables “Which requests are handshakes” and “Rules of a handshake” (proposal 4). */
function checkHandshake(
  { http_version, method, upgrade, headers }: RequestScope,
  found: Found,
): void {
  const offers = upgrade?.offers.map((offer) => offer.toLowerCase()) ?? [];
  const http1 = http_version === '1.1';
  const asked = http1
    ? method === 'GET' && offers.includes('websocket')
    : http_version !== '1.0' && method === 'CONNECT' && offers[0] === 'websocket';
  if (!asked) {
    found(
      'websocket.scope-type',
      `a ${method} over HTTP/${http_version} that is no handshake has a scope of the type \`websocket\``,
    );
    return;
  }
  const valuesOf = (wanted: string) =>
    headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const subprotocols = listOf(headers, 'sec-websocket-protocol');
  const wrong =
    valuesOf('sec-websocket-version').join() !== '13'
      ? 'is not of version 13'
      : hasContent(headers)
        ? 'has content'
        : http1 && !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(valuesOf('sec-websocket-key').join())
          ? 'has no key, or none of 16 octets'
          : !subprotocols.every(isToken) || new Set(subprotocols).size < subprotocols.length
            ? 'offers subprotocols that are no tokens, or one twice'
            : undefined;
  if (wrong !== undefined)
    found('websocket.handshake', `a handshake that ${wrong} was given to the application`);
}

function hasContent(headers: Fields): boolean {
  return headers.some(
    ([name, value]) =>
      name === 'transfer-encoding' || (name === 'content-length' && Number(value) !== 0),
  );
}

function checkTunnel(
  scope: TunnelScope,
  tunnels: readonly string[] | undefined,
  found: Found,
): void {
  const { protocol, method, upgrade, headers, datagrams, http_version } = scope;
  const isConnect = method === 'CONNECT' && upgrade === null;
  if (tunnels !== undefined && !tunnels.includes(protocol))
    found('tunnel.declared-only', `the application has not declared \`${protocol}\``);
  else if (isConnect !== (protocol === 'CONNECT') || (!isConnect && !isOffered(scope)))
    found('tunnel.declared-only', `the request does not ask for \`${protocol}\``);
  if (hasContent(headers))
    found(
      method === 'CONNECT' ? 'tunnel.connect-syntax' : 'tunnel.declared-only',
      'a request with content is no tunnel',
    );
  if (isConnect ? datagrams !== 'none' : datagrams === 'frames' && http_version !== '3')
    found(
      'interface.complete',
      `scope.datagrams is \`${datagrams}\` for a ${method} over HTTP/${http_version}`,
    );
}

function isOffered({ protocol, upgrade }: TunnelScope): boolean {
  return upgrade?.offers.some((offer) => offer.toLowerCase() === protocol.toLowerCase()) === true;
}
