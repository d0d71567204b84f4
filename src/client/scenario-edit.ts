// Changes one exchange of a scenario in its text and leaves the rest of the text as its author wrote it: comments,
// variables, spacing, line ends. Knows nothing of forms, and nothing of how exchanges are run.

import { sameExchange } from './same-exchange.ts';
import { parseScenario, ScenarioError, type ScenarioExchange } from './scenario.ts';
import {
  directiveOf,
  exchangeAt,
  type Layout,
  type Line,
  layoutOf,
  linesOf,
  placesOf,
  type Section,
  sectionOf,
  textOf,
  VARIABLE,
} from './scenario-layout.ts';
import { isComment } from './scenario-text.ts';

/** Directives with at most one value; `trailer` may come several times and has its own place. */
export const SINGLE_DIRECTIVES = [
  'name',
  'chunks',
  'pause',
  'timeout',
  'read-pause',
  'abort-after',
  'disconnect-after',
  'half-close',
  'retry',
  'together',
  'drain',
  'http',
] as const;
export type SingleDirective = (typeof SINGLE_DIRECTIVES)[number];

type Fields = readonly (readonly [name: string, value: string])[];

/** An exchange as it is written: variables stand in it as `{{name}}`. */
export interface Written {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  readonly trailers: Fields;
  /** Directive to its value as written, such as `50ms`; the empty text for one without a value. */
  readonly directives: Readonly<Partial<Record<SingleDirective, string>>>;
  /** The body, or the messages of a WebSocket or tunnel. Lines end with LF; blank lines at its end do not count. */
  readonly body: string;
}

/** What is to be different. A directive of `undefined` is taken out; one that is not named stays as it is. */
export interface Changes extends Partial<Omit<Written, 'directives'>> {
  readonly directives?: Readonly<{ [name in SingleDirective]?: string | undefined }>;
}

/** The exchange at a place, as written. @throws ScenarioError where the text cannot be read */
export function readWritten(text: string, index: number): Written {
  parseScenario(text);
  return writtenOf(exchangeAt(layoutOf(text), index));
}

/**
 * The text with one exchange changed. What has not changed stays octet for octet.
 * @throws ScenarioError where the text cannot be read, or has no way to write the change
 */
export function replaceExchange(text: string, index: number, changes: Changes): string {
  const before = parseScenario(text);
  const layout = layoutOf(text);
  const section = exchangeAt(layout, index);
  const was = writtenOf(section);
  const wanted = changed(was, changes);
  const lines = rewritten(section, was, wanted, layout.eol);
  const sections = layout.sections.map((each) => (each === section ? { ...each, lines } : each));
  const next = textOf({ ...layout, sections });

  const after = parseScenario(next);
  const line = after[index]?.line ?? 1;
  const found = layoutOf(next).sections.filter(({ request }) => request >= 0)[index];
  const kept = before.every((exchange, i) => i === index || sameExchange(exchange, after[i]));
  if (!found || !kept || after.length !== before.length || !sameWritten(writtenOf(found), wanted)) {
    throw new ScenarioError(
      line,
      1,
      'the form of a scenario has no way to write this.',
      'A body cannot have a line that begins with `###`, nor a field one that begins with `#`, `//` or a space.',
    );
  }
  return next;
}

/**
 * The text with one more exchange, at its end or before the one at `at`.
 * @throws ScenarioError where the text or `exchange` cannot be read
 */
export function addExchange(text: string, exchange: string, at?: number): string {
  const layout = layoutOf(text);
  if (layout.sections.every(({ request }) => request < 0) && text.trim() === '') {
    parseScenario(exchange);
    return exchange;
  }
  const before = parseScenario(text);
  const [added] = parseScenario(exchange);
  const place = at ?? before.length;
  const wanted = [...before.slice(0, place), added, ...before.slice(place)];
  const unit = layoutOf(exchange).sections[0] as Section;
  const next = textOf(inserted(layout, { ...unit, tail: '' }, place));
  const after = parseScenario(next);
  if (!sameExchanges(after, wanted)) throw new ScenarioError(1, 1, 'this cannot be added here.');
  return next;
}

/** The text with the exchange at a place twice, the second behind the first. */
export function duplicateExchange(text: string, index: number): string {
  const before = parseScenario(text);
  const layout = layoutOf(text);
  const section = exchangeAt(layout, index);
  const { lines } = withoutVariables(section);
  const next = textOf(inserted(layout, sectionOf(lines, ''), index + 1));
  const wanted = [...before.slice(0, index + 1), before[index], ...before.slice(index + 1)];
  if (!sameExchanges(parseScenario(next), wanted)) throw cannot('copied', before[index]);
  return next;
}

/**
 * The text without the exchange at a place. Variables that it sets stay where others need them. The one that comes
 * first is no longer together with another.
 * @throws ScenarioError where it is the only one
 */
export function removeExchange(text: string, index: number): string {
  const before = parseScenario(text);
  const layout = layoutOf(text);
  const wanted = firstAlone(before.filter((_, i) => i !== index));
  const at = layout.sections.indexOf(exchangeAt(layout, index));
  const next = [false, true]
    .map((keepVariables) => textOf(firstSectionAlone(without(layout, at, keepVariables))))
    .find((candidate) => reads(candidate, wanted));
  if (next === undefined) {
    if (wanted.length > 0) throw cannot('removed', before[index]);
    throw new ScenarioError(
      before[index]?.line ?? 1,
      1,
      'this is the only exchange.',
      'A scenario has at least one.',
    );
  }
  return next;
}

/**
 * The text with the exchange at `from` at the place `to`. Where the order of variables forbids it, those that the
 * exchange sets stay behind, and those that it uses are written out. The one that comes first is no longer together
 * with another.
 */
export function moveExchange(text: string, from: number, to: number): string {
  const before = parseScenario(text);
  if (from === to) return text;
  const layout = layoutOf(text);
  const wanted = firstAlone(moved(before, from, to));
  const next = [moveWhole, moveAlone]
    .map((move) => textOf(firstSectionAlone(move(layout, from, to))))
    .find((candidate) => reads(candidate, wanted));
  if (next === undefined) throw cannot('moved', before[from]);
  return next;
}

function sameExchanges(
  some: readonly (ScenarioExchange | undefined)[],
  others: readonly (ScenarioExchange | undefined)[],
): boolean {
  return (
    some.length === others.length && some.every((each, index) => sameExchange(each, others[index]))
  );
}

/** `@together` has no meaning for the first exchange. */
function firstAlone(exchanges: readonly ScenarioExchange[]): readonly ScenarioExchange[] {
  const [first, ...rest] = exchanges;
  return first ? [{ ...first, together: false }, ...rest] : [];
}

function firstSectionAlone(layout: Layout): Layout {
  const at = placesOf(layout)[0] ?? -1;
  const sections = layout.sections.map((section, index) => {
    if (index !== at) return section;
    const gone = directiveLines(section, 'together');
    return sectionOf(
      section.lines.filter((_, line) => !gone.includes(line)),
      section.tail,
    );
  });
  return { ...layout, sections };
}

function reads(text: string, wanted: readonly ScenarioExchange[]): boolean {
  try {
    return sameExchanges(parseScenario(text), wanted);
  } catch {
    return false;
  }
}

function cannot(done: string, exchange: ScenarioExchange | undefined): ScenarioError {
  return new ScenarioError(
    exchange?.line ?? 1,
    1,
    `this exchange cannot be ${done} without changing others.`,
    'Change the text itself.',
  );
}

// Reading and rewriting one section.

const FIELD_LINE = /^([^:\s]+)[ \t]*:[ \t]*(.*?)[ \t]*$/;

function fieldOf(text: string): readonly [string, string] {
  const [, name = '', value = ''] = FIELD_LINE.exec(text) ?? [];
  return [name, value];
}

/** Lines of the head, with the request line first: those after it that are not comments. */
function fieldLines({ lines, request, headEnd }: Section): number[] {
  const places: number[] = [];
  for (let i = request + 1; i < headEnd; i++)
    if (!isComment((lines[i] as Line).text)) places.push(i);
  return places;
}

function directiveLines({ lines, headEnd, heading }: Section, name: string): number[] {
  const places: number[] = [];
  for (let i = heading ? 1 : 0; i < headEnd; i++)
    if (directiveOf((lines[i] as Line).text)?.name === name) places.push(i);
  return places;
}

function writtenOf(section: Section): Written {
  const { lines, request, headEnd, heading, bodyStart } = section;
  const [method = '', target = ''] = (lines[request]?.text ?? '').trim().split(/[ \t]+/);
  const directives: Partial<Record<SingleDirective, string>> = {};
  const trailers: (readonly [string, string])[] = [];
  for (const { text } of lines.slice(heading ? 1 : 0, headEnd)) {
    const directive = directiveOf(text);
    if (directive?.name === 'trailer') trailers.push(fieldOf(directive.value));
    else if (directive && isSingle(directive.name)) directives[directive.name] = directive.value;
  }
  return {
    method,
    target,
    headers: fieldLines(section).map((at) => fieldOf((lines[at] as Line).text)),
    trailers,
    directives,
    body: lines
      .slice(bodyStart)
      .map(({ text }) => text)
      .join('\n'),
  };
}

function isSingle(name: string): name is SingleDirective {
  return (SINGLE_DIRECTIVES as readonly string[]).includes(name);
}

function changed(was: Written, { directives, ...rest }: Changes): Written {
  const merged = Object.fromEntries(
    Object.entries({ ...was.directives, ...directives }).filter(([, value]) => value !== undefined),
  ) as Written['directives'];
  const body = (rest.body ?? was.body).replace(/\r\n?/g, '\n').replace(/\n\s*$|^\s+$/, '');
  return { ...was, ...rest, directives: merged, body };
}

function sameWritten(one: Written, other: Written): boolean {
  const flat = ({ directives, ...rest }: Written) =>
    JSON.stringify([
      rest.method,
      rest.target,
      rest.headers,
      rest.trailers,
      rest.body,
      Object.entries(directives).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
  return flat(one) === flat(other);
}

/** One edit of a list of lines: `remove` lines from `at` on give way to `texts`. */
interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly texts: readonly string[];
}

function rewritten(section: Section, was: Written, wanted: Written, eol: string): Line[] {
  const { lines, request, headEnd } = section;
  const splices: Splice[] = [];
  if (was.method !== wanted.method || was.target !== wanted.target) {
    const [, method = '', between = ' ', , after = ''] =
      /^(\s*\S+)([ \t]+)(\S+)(.*)$/s.exec((lines[request] as Line).text) ?? [];
    const indent = method.slice(0, method.length - method.trimStart().length);
    splices.push({
      at: request,
      remove: 1,
      texts: [`${indent}${wanted.method}${between}${wanted.target}${after}`],
    });
  }
  splices.push(
    ...listSplices(fieldLines(section), was.headers, wanted.headers, request + 1, fieldText),
    ...listSplices(
      directiveLines(section, 'trailer'),
      was.trailers,
      wanted.trailers,
      request,
      (field) => `# @trailer ${fieldText(field)}`,
    ),
  );
  for (const name of SINGLE_DIRECTIVES) {
    const value = wanted.directives[name];
    if (value === was.directives[name]) continue;
    const places = directiveLines(section, name);
    const last = places.at(-1);
    if (value === undefined) splices.push(...places.map((at) => ({ at, remove: 1, texts: [] })));
    else {
      const text = `# @${name} ${value}`.trimEnd();
      splices.push(
        last === undefined
          ? { at: request, remove: 0, texts: [text] }
          : { at: last, remove: 1, texts: [text] },
      );
    }
  }
  if (was.body !== wanted.body) {
    const texts = wanted.body === '' ? [] : ['', ...wanted.body.split('\n')];
    splices.push({ at: headEnd, remove: lines.length - headEnd, texts });
  }
  // From the end on, so that places before stay right; of two at one place, insertions come first.
  const result = [...lines];
  for (const { at, remove, texts } of splices
    .map((splice, order) => ({ ...splice, order }))
    .sort((a, b) => b.at - a.at || b.remove - a.remove || b.order - a.order))
    result.splice(at, remove, ...texts.map((text) => ({ text, eol })));
  return result;
}

function fieldText([name, value]: readonly [string, string]): string {
  return `${name}: ${value}`.trimEnd();
}

/** How a list of lines becomes another with the fewest lines touched: its common beginning and end stay. */
function listSplices(
  places: readonly number[],
  was: Fields,
  wanted: Fields,
  otherwise: number,
  write: (field: readonly [string, string]) => string,
): Splice[] {
  const same = (i: number, j: number) =>
    was[i]?.[0] === wanted[j]?.[0] && was[i]?.[1] === wanted[j]?.[1];
  const shorter = Math.min(was.length, wanted.length);
  let start = 0;
  while (start < shorter && same(start, start)) start++;
  let end = 0;
  while (end < shorter - start && same(was.length - 1 - end, wanted.length - 1 - end)) end++;
  const old = places.slice(start, places.length - end);
  const fresh = wanted.slice(start, wanted.length - end).map(write);
  const splices: Splice[] = old.map((at, i) => ({
    at,
    remove: 1,
    texts: i < fresh.length ? [fresh[i] as string] : [],
  }));
  if (fresh.length > old.length) {
    const before = places[start + old.length - 1];
    const at = before === undefined ? (places[0] ?? otherwise) : before + 1;
    splices.push({ at, remove: 0, texts: fresh.slice(old.length) });
  }
  return splices;
}

// Adding, removing and moving sections.

/** With `###` in front where it lacks one and is not the first. */
function headed(section: Section, eol: string): Section {
  if (section.heading) return section;
  return sectionOf([{ text: '###', eol }, ...section.lines], section.tail);
}

function inserted(layout: Layout, unit: Section, place: number): Layout {
  const { sections, eol } = layout;
  // Right behind the exchange before it: what follows may set variables anew.
  const at = place === 0 ? (placesOf(layout)[0] ?? 0) : (placesOf(layout)[place - 1] as number) + 1;
  const before = sections.slice(0, at);
  const last = before.at(-1);
  const gap = eol + eol;
  // The end of the text stays the end of the text.
  if (last && at === sections.length) {
    before[before.length - 1] = { ...last, tail: gap };
    return { ...layout, sections: [...before, headed({ ...unit, tail: last.tail }, eol)] };
  }
  const rest = sections.slice(at);
  const [next] = rest;
  if (at === 0 && next) rest[0] = headed(next, eol);
  const added = at === 0 ? unit : headed(unit, eol);
  return { ...layout, sections: [...before, { ...added, tail: gap }, ...rest] };
}

function withoutVariables(section: Section): { lines: Line[]; variables: Line[] } {
  const variables = section.lines.filter(
    ({ text }, index) => index < section.request && VARIABLE.test(text),
  );
  return { lines: section.lines.filter((line) => !variables.includes(line)), variables };
}

function variablesOf(section: Section, first: boolean, eol: string): Section[] {
  const { variables } = withoutVariables(section);
  if (variables.length === 0) return [];
  const alone = sectionOf(variables, eol + eol);
  return [first ? alone : headed(alone, eol)];
}

function without(layout: Layout, at: number, keepVariables: boolean): Layout {
  const { sections, eol } = layout;
  const gone = sections[at] as Section;
  const kept = keepVariables ? variablesOf(gone, at === 0, eol) : [];
  const next = [...sections.slice(0, at), ...kept, ...sections.slice(at + 1)];
  const last = next.at(-1);
  if (at === sections.length - 1 && last) next[next.length - 1] = { ...last, tail: gone.tail };
  return { ...layout, sections: next };
}

function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** The exchanges change their places; what stands between and behind them stays. */
function moveWhole(layout: Layout, from: number, to: number): Layout {
  const places = placesOf(layout);
  const order = moved(places, from, to);
  const sections = [...layout.sections];
  places.forEach((place, index) => {
    const source = layout.sections[order[index] as number] as Section;
    const { tail } = layout.sections[place] as Section;
    const section = { ...source, tail };
    sections[place] = place === 0 ? section : headed(section, layout.eol);
  });
  return { ...layout, sections };
}

/** One exchange goes with its variables written out; the variables that it sets stay. */
function moveAlone(layout: Layout, from: number, to: number): Layout {
  const at = placesOf(layout)[from] as number;
  const section = layout.sections[at] as Section;
  const values = valuesAt(layout, at);
  const lines = withoutVariables(section).lines.map(({ text, eol }) => ({
    text: isComment(text) ? text : expand(text, values),
    eol,
  }));
  const rest = without(layout, at, true);
  return inserted(rest, sectionOf(lines, ''), to);

  function expand(text: string, known: ReadonlyMap<string, string>): string {
    return text.replace(VARIABLE_USE, (whole, name: string) => known.get(name) ?? whole);
  }
  /** Values of the variables as the exchange of a section sees them. */
  function valuesAt({ prelude, sections }: Layout, last: number): Map<string, string> {
    const known = new Map<string, string>();
    const preambles = sections
      .slice(0, last + 1)
      .map(({ lines, request }) => lines.slice(0, request < 0 ? lines.length : request));
    for (const { text } of [linesOf(prelude.replace('\ufeff', '')), ...preambles].flat()) {
      const match = VARIABLE.exec(text);
      if (match) known.set(match[1] as string, expand(match[2] as string, known));
    }
    return known;
  }
}

const VARIABLE_USE = /\{\{[ \t]*([\w-]+)[ \t]*\}\}/g;
