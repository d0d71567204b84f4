// Which terms are linked where they are used. Knows neither the specification nor its pages.

import type { Specification } from '../spec/specification.ts';
import { type PlacedTerm, termsInForce } from '../spec/term-uses.ts';

const OFTEN =
  'It stands in nearly every sentence: a link in every section would tell nobody anything.';

/**
 * Terms whose uses are neither linked nor counted, with the reason: a link from a word that means something else there
 * would mislead. A state is never linked, because its word says nothing without what it is a state of.
 */
export const UNLINKED: ReadonlyMap<string, string> = new Map([
  ['gateway', OFTEN],
  ['application', OFTEN],
  ['close', 'Connections, files and WebSockets are closed too, each in its own way.'],
  ['fail', 'Calls, tests and starts fail as well.'],
  ['machine', 'One machine is also one computer.'],
  ['guard', 'A check guards what is behind it.'],
  ['refuse', 'Systems and peers refuse connections, and linters texts.'],
  [
    'process',
    'Elsewhere it is a process of the operating system, and the way in which proposals are made.',
  ],
  ['deadline', 'Other limits of time have a deadline too.'],
  ['size', 'Bodies, files and frames have a size of their own.'],
  ['load', 'An application is loaded, and a machine has a load.'],
  ['core', 'Texts speak of the core of other things as well.'],
  ['revision', 'Proposals have revisions as features have.'],
  ['root', 'A root is also that of a path.'],
  ['front', 'It is mostly part of “in front of”.'],
  ['stream', 'HTTP/2 and HTTP/3 have streams.'],
]);

/** Whether the uses of a term are linked and counted. */
export function isLinked({ key, kind }: Pick<PlacedTerm, 'key' | 'kind'>): boolean {
  return kind !== 'state' && !UNLINKED.has(key);
}

/** The terms that hold in a proposal and are linked there. */
export function linkedTermsIn(specification: Specification, slug: string): readonly PlacedTerm[] {
  return termsInForce(specification, slug).filter(isLinked);
}
