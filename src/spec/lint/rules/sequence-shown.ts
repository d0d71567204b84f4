import type { SequenceBlock } from '../../blocks.ts';
import { clausesOf, isOf, shownSteps, stretch, type TracedStep } from '../../sequence.ts';
import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest } from '../subjects.ts';

type Path = Parameters<typeof inBlock>[2];

export const sequenceShown: DraftRule = {
  id: 'sequence-shown',
  group: 'links',
  severity: 'error',
  summary: 'The trace of an example has what a figure is to show of it.',
  why: 'A `sequence` block is drawn from what the example was recorded to do. Where the recording lacks an event or a requirement that the block names, the figure no longer shows what the text says of it: mend the block, the text or the example.',
  wrong:
    '```sequence\nexample: hello\nevents: [http.respnse]\nshow: [http.abort.code]\ncaption: Says hello.\n```',
  right:
    '```sequence\nexample: hello\nevents: [http.response]\nshow: [http.finish]\ncaption: Says hello.\n```',
  *checkDraft(draft, { examples }) {
    for (const block of blocks(draft, 'sequence')) {
      const trace = examples?.get(block.value.example)?.trace;
      if (!trace) continue;
      for (const { path, ...words } of missing(block.value, trace))
        yield { at: inBlock(draft.document, block, path), ...words };
    }
  },
};

/** What a block names and the trace does not have. What follows from another mistake is left out. */
function* missing(
  block: SequenceBlock,
  trace: readonly TracedStep[],
): Generator<{ path: Path; message: string; hint?: string }> {
  const { example, conn, from, to, events = [], show = [] } = block;
  const conns = [...new Set(trace.map((step) => step.conn))].sort((a, b) => a - b);
  if (conn !== undefined && !conns.includes(conn)) {
    yield {
      path: ['conn'],
      message: `the trace of \`${example}\` has no conversation ${conn}`,
      hint: `There are ${conns.join(', ')}; 0 is the lifespan.`,
    };
    return;
  }
  const meant = (name: string, of: readonly TracedStep[]) => {
    const near = nearest(name, new Set(of.map(({ type }) => type)));
    return near === undefined ? {} : { hint: `Did you mean \`${near}\`?` };
  };
  const own = stretch({ conn }, trace).map((place) => trace[place] as TracedStep);
  if (from !== undefined && !own.some(({ type }) => type === from)) {
    const message = `the trace of \`${example}\` has no \`${from}\` to begin with`;
    yield { path: ['from'], message, ...meant(from, own) };
    return;
  }
  const range = stretch(block, trace).map((place) => trace[place] as TracedStep);
  if (range.length === 0) {
    const message = `the trace of \`${example}\` has no \`${to}\` to end with`;
    yield { path: ['to'], message, ...meant(to ?? '', own) };
    return;
  }
  for (const [index, name] of events.entries()) {
    if (range.some(({ type }) => isOf(type, name))) continue;
    const message = `the figure of \`${example}\` has no \`${name}\``;
    yield { path: ['events', index], message, ...meant(name, range) };
  }
  const shown = new Set(
    shownSteps(block, trace).flatMap((place) => clausesOf(trace[place] as TracedStep)),
  );
  for (const [index, id] of show.entries()) {
    if (shown.has(id)) continue;
    yield {
      path: ['show', index],
      message: `no event of the figure of \`${example}\` shows \`${id}\``,
      hint: trace.some((step) => clausesOf(step).includes(id))
        ? 'The trace has one, outside of what the figure takes.'
        : `Its trace has none either: it shows ${listed(trace)}.`,
    };
  }
}

function listed(trace: readonly TracedStep[]): string {
  const ids = new Set(trace.flatMap(clausesOf));
  return ids.size === 0 ? 'no requirement' : [...ids].map((id) => `\`${id}\``).join(', ');
}
