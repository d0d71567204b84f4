// `portway replay`: sends what the client of a trace sent to an application again, and says where the conversations now
// take another course.

import { resolve } from 'node:path';
import { recordedIn, replayableOf } from '../client/recorded.ts';
import { type ComparedStep, compareConversations, lanesOf, type Place } from '../trace/compare.ts';
import { changeWords, numbersOf } from '../trace/compare-words.ts';
import type { Conversation } from '../trace/formats/conversations.ts';
import { type Lane, type NormalisedStep, normalise, type TraceEvent } from '../trace/index.ts';
import { maskSecrets } from '../trace/secrets.ts';
import { readTransport, runRequests } from './check.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { loadApplication } from './load.ts';
import { escaped } from './log.ts';
import { readTraceFile } from './read-trace.ts';

export const replay: Command = {
  summary: 'send the requests of a trace again, and compare what happens',
  usage: `portway replay: send the requests of a trace to an application again, and compare what happens

Usage: portway replay TRACE --app APP [--transport h1|h2|memory] [--pauses]
       portway replay TRACE --show

  TRACE              a file that \`serve\`, \`dev\` or \`check\` has written with --trace
  --app APP          the application, as for \`portway check\`
  --transport NAME   memory (default) for no sockets, h1 or h2 for real ones on the loopback
  --pauses           let clients pause between what they send as long as they did
  --show             print the trace as a table, and send nothing

Requests are sent one after the other, those that overlapped at the same time if the client was recorded, as fast as
they are taken; a WebSocket's messages each behind as many as had come before it. Compared is what each party did and
saw, by conversation, as \`portway trace diff\` does: not times, nor how data is cut into pieces, nor fields that a
transport writes by itself. Each departure is marked with the event of the record where it is.

A trace keeps the first 120 octets of each piece of a body, of each message and of each value of a field, and no
secret value unless it was recorded with --trace-secrets. Of WebSockets and tunnels a server's trace has only what the
application saw. A conversation that would need what is not there to be sent is named and left out, as is the lifespan.

Exits with 1 if a conversation took another course or was left out.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        app: { type: 'string' },
        transport: { type: 'string', default: 'memory' },
        pauses: { type: 'boolean', default: false },
        show: { type: 'boolean', default: false },
      },
      'replay',
    );
    const [file, ...more] = positionals;
    if (file === undefined)
      throw new CommandError(
        'name the trace: `portway replay trace.ndjson --app app.ts`. --trace writes one.',
        2,
      );
    if (more.length > 0) throw new CommandError(`one trace at a time, not also \`${more[0]}\`.`, 2);
    const transport = readTransport(values.transport);
    if (!values.show && values.app === undefined)
      throw new CommandError('name the application with --app, or print the trace with --show.', 2);
    const { events, bodies } = await readTraceFile(file, 'replay');
    if (values.show || values.app === undefined) {
      process.stdout.write(tableOf(events));
      return 0;
    }

    const conversations = recordedIn(events, {
      pauses: values.pauses,
      ...(bodies ? { bodies } : {}),
    });
    const replayed = replayableOf(conversations, events);
    const omitted = conversations.length - replayed.length;
    for (const { conn, title, exchange } of conversations) {
      if (typeof exchange === 'string')
        console.log(escaped(`conversation ${conn}, ${title}: not replayed: ${exchange}`));
    }
    if (replayed.length === 0) throw new CommandError('there is nothing to replay.');
    const run = await runRequests(
      await loadApplication(values.app),
      replayed.map(({ exchange }) => exchange),
      transport,
      resolve(values.app),
    );
    if (run.notStarted !== undefined)
      throw new CommandError(`the application could not start: ${escaped(run.notStarted)}.`);

    // Of a party that was not recorded nothing can be said.
    const lanes = lanesOf(events);
    let departures = 0;
    for (const [index, recorded] of replayed.entries()) {
      const conn = index + 1;
      const now = run.events.filter((event) => event.conn === conn);
      const lines = departuresOf(recorded, { ...recorded, conn, events: now }, lanes);
      const name = escaped(`conversation ${recorded.conn}, ${recorded.title}`);
      if (lines.length === 0) console.log(`${name}: as recorded`);
      else {
        departures++;
        console.log([`${name}: another course (- recorded, + now)`, ...lines].join('\n'));
      }
    }
    return departures + omitted === 0 ? 0 : 1;
  },
};

/** Where two recordings of one conversation differ, as lines; none where they do not. */
function departuresOf(
  recorded: Conversation,
  now: Conversation,
  lanes: ReadonlySet<Lane>,
): string[] {
  const { steps } = compareConversations(masked(recorded), masked(now), lanes);
  return steps.flatMap((step, at) => {
    if (step.kind === 'same') return [];
    const [was, is] = [step.left, step.right].map((place) => place && inWords(stepOf(place)));
    return [
      `  ${placeWords(step, steps.slice(0, at))}`,
      ...(was === undefined ? [] : [`  - ${was}`]),
      ...(is === undefined ? [] : [`  + ${is}`]),
    ];
  });
}

function masked(conversation: Conversation): Conversation {
  return { ...conversation, events: conversation.events.map(maskSecrets) };
}

/** Where in the record a step departs, and from what was expected: “at event 12: status: 200 → 404”. */
function placeWords(step: ComparedStep, before: readonly ComparedStep[]): string {
  if (step.kind === 'changed') {
    const names = { left: 'the record', right: 'the replay' };
    const changes = step.changes.map((change) => changeWords(change, names));
    return escaped(`at event ${numbersOf(step.left)}: ${changes.join('; ')}`);
  }
  if (step.left) return `at event ${numbersOf(step.left)}: expected, and did not come`;
  const last = before.findLast(({ left }) => left !== undefined);
  return `${last ? `behind event ${numbersOf(last.left)}` : 'before all'}: not expected`;
}

function stepOf({ events }: Place): NormalisedStep {
  const [step] = normalise(events) as [NormalisedStep];
  return step;
}

function inWords(step: NormalisedStep): string {
  const { lane, dir, type, state, size, text, fields = [], requirement, violation } = step;
  // In which version a request comes is the transport's.
  const what = type === 'http.request' ? text?.replace(/ HTTP\/[\d.]+$/, '') : text;
  const parts = [
    `${lane} ${dir} ${type}`,
    what,
    size === undefined ? undefined : `(${size} octets)`,
    ...fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`),
    state && `→ ${state}`,
    requirement && `[${requirement}]`,
    violation && `breaks ${violation}`,
  ];
  return escaped(parts.filter((part) => part !== undefined && part !== '').join('  '));
}

/** A trace as a table for a terminal. */
function tableOf(events: readonly TraceEvent[]): string {
  const arrows = { in: '→', out: '←', internal: '·' } as const;
  const rows = events.map((event) => [
    String(event.seq),
    event.t.toFixed(1),
    String(event.conn),
    `${arrows[event.dir]} ${event.lane}`,
    event.type,
    event.state ?? '',
    event.violation ? `breaks ${event.violation.requirement}` : (event.requirement ?? ''),
    [
      event.payload?.preview,
      ...(event.payload?.fields ?? []).map(([name, value]) => `${name}: ${value}`),
    ]
      .filter(Boolean)
      .join('  '),
  ]);
  const head = ['seq', 'ms', 'conv', 'who', 'event', 'state', 'requirement', 'what'];
  const shown = [head, ...rows].map((row) => row.map(escaped));
  const widths = head.map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const numbers = new Set([0, 1, 2]);
  return shown
    .map((row) => {
      const cells = row.map((cell, column) => {
        const width = widths[column] ?? 0;
        if (column === row.length - 1) return cell;
        return numbers.has(column) ? cell.padStart(width) : cell.padEnd(width);
      });
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}
