// Where the recorded traces of the examples show an event or a requirement, so that pages can lead to the very row.
import type { TraceEvent } from '../trace/index.ts';
import { type ExampleSummary, examples, examplesShowing } from './examples.ts';
import { exampleHref } from './href.ts';
import { recordedTrace } from './recorded-example.ts';

/** An example with the place in its trace. */
export interface Shown {
  readonly example: ExampleSummary;
  readonly href: string;
  /** How often it is there. */
  readonly times: number;
}

let traces: Promise<ReadonlyMap<string, readonly TraceEvent[]>> | undefined;

/** The traces of all examples by slug. Each is recorded once, one after the other: their programs share a process. */
function recorded(): Promise<ReadonlyMap<string, readonly TraceEvent[]>> {
  traces ??= (async () => {
    const all = new Map<string, readonly TraceEvent[]>();
    for (const { slug } of examples) all.set(slug, await recordedTrace(slug));
    return all;
  })();
  return traces;
}

/** The examples whose applications send or receive an event, those where it is rare first; with the number of its row. */
export async function examplesWithEvent(type: string): Promise<readonly Shown[]> {
  const all = await recorded();
  return examples
    .flatMap((example) => {
      const rows = (all.get(example.slug) ?? []).filter(
        (event) => event.type === type && event.lane === 'app',
      );
      const [first] = rows;
      if (!first) return [];
      const href = `${exampleHref(example.slug)}#t=${first.seq}`;
      return [{ example, href, times: rows.length }];
    })
    .sort(
      (one, other) => Number(Boolean(one.example.breaks)) - Number(Boolean(other.example.breaks)),
    );
}

/**
 * The examples that show a requirement, those that name it early first. `inTrace`: their trace has an event under it,
 * which the address leads to.
 */
export async function examplesWithRequirement(
  id: string,
): Promise<readonly (Omit<Shown, 'times'> & { readonly inTrace: boolean })[]> {
  const all = await recorded();
  const listed = examplesShowing(id);
  const breaking = examples.filter((one) => one.breaks === id && !listed.includes(one));
  return [...listed, ...breaking]
    .map((example) => {
      const inTrace = (all.get(example.slug) ?? []).some(
        ({ requirement, violation }) => requirement === id || violation?.requirement === id,
      );
      return {
        example,
        inTrace,
        href: `${exampleHref(example.slug)}${inTrace ? `#t=${id}` : ''}`,
      };
    })
    .sort((one, other) => Number(other.inTrace) - Number(one.inTrace));
}
