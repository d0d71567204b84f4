// `portway trace diff`: compares two traces, and says where the second takes another course than the first.

import {
  type ComparedConversation,
  type ComparedStep,
  type Comparison,
  compareTraces,
  type Sides,
} from '../trace/compare.ts';
import {
  carriedWords,
  cautionWords,
  changeWords,
  conversationWords,
  durationWords,
  numbersOf,
  outcomeWords,
  requirementsOf,
  stepWords,
  summaryWords,
  versionWords,
} from '../trace/compare-words.ts';
import type { TraceEvent } from '../trace/index.ts';
import { maskSecrets } from '../trace/secrets.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { escaped } from './log.ts';
import { readTraceFile } from './read-trace.ts';

export const traceDiff: Command = {
  summary: 'compare two traces, and say where they part',
  usage: `portway trace diff: compare two traces, and say where the second takes another course

Usage: portway trace diff A B [--json] [--secrets]

  A, B       files that \`serve\`, \`dev\` or \`check\` has written with --trace
  --json     print the comparison as JSON: every departure with the numbers of its events
  --secrets  compare the values of \`authorization\`, \`cookie\`, \`proxy-authorization\` and \`set-cookie\` too,
             if both traces have them (they were recorded with --trace-secrets)

Conversations are paired by number where both traces number the same requests alike, else by request line in their
order. Compared is what each party did and saw: not times, nor how data is cut into pieces, nor how the parties
interleave, nor fields and forms that a version of HTTP writes by itself. A party that only one trace has recorded, as
the client is none of a server's, is left out and named.

In what is printed, \`~\` stands before a step that differs, \`-\` before one that A has alone, \`+\` before one of B
alone, each with the numbers of its events in A and B; steps without a mark are the same, and show the place.

Exits with 0 if the traces are the same, with 1 if they differ, and with 2 if they cannot be compared.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        json: { type: 'boolean', default: false },
        secrets: { type: 'boolean', default: false },
      },
      'trace diff',
    );
    const [left, right, ...more] = positionals;
    const usage = (message: string) =>
      new CommandError(`${message} See \`portway trace diff --help\`.`, 2);
    if (left === undefined || right === undefined)
      throw usage('name two traces: `portway trace diff before.ndjson after.ndjson`.');
    if (more.length > 0) throw usage(`two traces at a time, not also \`${more[0]}\`.`);
    const read = async (file: string) => {
      const { events } = await readTraceFile(file, 'trace diff').catch((error: Error) => {
        // 1 says that the traces differ: here nothing is known of that.
        throw error instanceof CommandError ? new CommandError(error.message, 2) : error;
      });
      return values.secrets ? events : events.map(maskSecrets);
    };
    const events = { left: await read(left), right: await read(right) };
    const comparison = compareTraces(events.left, events.right);
    const names = { left: escaped(left), right: escaped(right) };
    process.stdout.write(
      values.json
        ? `${JSON.stringify(plain(comparison, { left, right }), null, 2)}\n`
        : inWords(comparison, names, events),
    );
    return comparison.differences === 0 ? 0 : 1;
  },
};

function inWords(
  comparison: Comparison,
  names: Sides<string>,
  events: Sides<readonly TraceEvent[]>,
): string {
  const { conversations, differing } = comparison;
  const lines: string[] = [];
  if (differing > 0)
    for (const [side, sign] of [
      ['left', '---'],
      ['right', '+++'],
    ] as const) {
      const { length } = conversations.filter((one) => one[side]);
      lines.push(
        `${sign} ${names[side]}: ${events[side].length} events in ${length} conversation${length === 1 ? '' : 's'}`,
      );
    }
  for (const caution of cautionWords(comparison, names)) lines.push(`note: ${caution}`);
  for (const conversation of conversations)
    if (conversation.differences > 0) lines.push('', ...conversationLines(conversation, names));
  const same = conversations.length - differing;
  const rest = differing > 0 && same > 0 ? `; ${same} ${same === 1 ? 'is' : 'are'} the same` : '';
  lines.push(...(differing > 0 ? [''] : []), `${summaryWords(comparison)}${rest}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** A conversation with its departures, and a little of what stands around them. */
function conversationLines(conversation: ComparedConversation, names: Sides<string>): string[] {
  const { steps } = conversation;
  const notes = [versionWords(conversation), durationWords(conversation)].filter(Boolean);
  const head = `${conversationWords(conversation)}: ${outcomeWords(conversation, names)} (${notes.join('; ')})`;
  const widths = (['left', 'right'] as const).map((side) =>
    Math.max(1, ...steps.map((step) => numbersOf(step[side]).length)),
  );
  const lines = [escaped(head)];
  let shown = -1;
  for (const at of steps.keys()) {
    const near = steps.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1);
    if (near.every(({ kind }) => kind === 'same')) continue;
    if (at > shown + 1) lines.push('  …');
    shown = at;
    lines.push(...stepLines(steps[at] as ComparedStep, names, widths));
  }
  if (steps.length > 0 && shown < steps.length - 1) lines.push('  …');
  return lines;
}

/** Steps that are shown before and behind a departure. */
const CONTEXT = 1;

const SIGNS = { same: ' ', changed: '~', left: '-', right: '+' } as const;

function stepLines(
  step: ComparedStep,
  names: Sides<string>,
  [left = 1, right = 1]: readonly number[],
): string[] {
  const numbers = `${numbersOf(step.left).padStart(left)}  ${numbersOf(step.right).padStart(right)}`;
  const ids = requirementsOf(step).map((id) => `[${id}]`);
  const carried = step.kind === 'changed' ? '' : carriedWords(step.left ?? step.right);
  const parts = [stepWords(step), carried, ...ids].filter(Boolean);
  const indent = ' '.repeat(numbers.length + 6);
  return [
    `  ${SIGNS[step.kind]} ${numbers}  ${parts.join('  ')}`,
    ...step.changes.map((change) => `${indent}${changeWords(change, names)}`),
  ].map(escaped);
}

/** The comparison as JSON: the steps that depart, by the numbers of their events. */
function plain(comparison: Comparison, names: Sides<string>): object {
  const { conversations, ...counts } = comparison;
  return {
    ...names,
    ...counts,
    conversations: conversations.map(({ left, right, steps, differences, first }) => ({
      left,
      right,
      differences,
      first: first === undefined ? undefined : departureOf(steps[first] as ComparedStep),
      departures: steps.filter(({ kind }) => kind !== 'same').map(departureOf),
    })),
  };
}

function departureOf(step: ComparedStep): object {
  const { kind, left, right, changes } = step;
  const [{ lane, dir, type }] = (left ?? right).events;
  const place = (side: typeof left) =>
    side && { seq: side.events.map(({ seq }) => seq), t: side.t, waited: side.waited };
  return {
    kind,
    lane,
    dir,
    type,
    left: place(left),
    right: place(right),
    changes,
    requirements: requirementsOf(step),
  };
}
