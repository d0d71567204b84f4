// `portway replay`: sends what the client of a trace sent to an application again, and says where the conversations now
// take another course.

import { resolve } from 'node:path';
import { diffArrays } from 'diff';
import type { ScenarioRequest } from '../client/index.ts';
import { type NormalisedStep, normalise, type TraceEvent } from '../trace/index.ts';
import { readTransport, runRequests } from './check.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { loadApplication } from './load.ts';
import { escaped } from './log.ts';
import { readTraceFile } from './read-trace.ts';
import { maskSecrets } from './secrets.ts';
import { conversationsOf, type Recorded } from './trace-requests.ts';

export const replay: Command = {
  summary: 'send the requests of a trace again, and compare what happens',
  usage: `portway replay: send the requests of a trace to an application again, and compare what happens

Usage: portway replay TRACE --app APP [--transport h1|h2|memory]
       portway replay TRACE --show

  TRACE              a file that \`serve\`, \`dev\` or \`check\` has written with --trace
  --app APP          the application, as for \`portway check\`
  --transport NAME   memory (default) for no sockets, h1 or h2 for real ones on the loopback
  --show             print the trace as a table, and send nothing

Requests are sent one after the other, as fast as they are taken. Compared is what each party did and saw, by
conversation: not times, nor how data is cut into pieces, nor fields that a transport writes by itself.

A trace keeps the first 120 octets of each piece of a body and of each value of a field, and no secret value unless it
was recorded with --trace-secrets. It does not keep the octets of WebSockets and tunnels, nor the time between two
pieces. A conversation that would need any of these to be sent is named and left out, as is the lifespan.

Exits with 1 if a conversation took another course or was left out.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        app: { type: 'string' },
        transport: { type: 'string', default: 'memory' },
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
    const events = await readTraceFile(file, 'replay');
    if (values.show || values.app === undefined) {
      process.stdout.write(tableOf(events));
      return 0;
    }

    const conversations = conversationsOf(events);
    const replayed = conversations.filter(isReplayable);
    const omitted = conversations.length - replayed.length;
    for (const { conn, title, request } of conversations) {
      if (typeof request === 'string')
        console.log(escaped(`conversation ${conn}, ${title}: not replayed: ${request}`));
    }
    if (replayed.length === 0) throw new CommandError('there is nothing to replay.');
    const run = await runRequests(
      await loadApplication(values.app),
      replayed.map(({ request }) => request),
      transport,
      resolve(values.app),
    );
    if (run.notStarted !== undefined)
      throw new CommandError(`the application could not start: ${escaped(run.notStarted)}.`);

    let departures = 0;
    for (const [index, recorded] of replayed.entries()) {
      const now = run.events.filter(({ conn }) => conn === index + 1);
      const lines = departuresOf(recorded.events, now);
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

function isReplayable(recorded: Recorded): recorded is Recorded & { request: ScenarioRequest } {
  return typeof recorded.request !== 'string';
}

/** Where two recordings of one conversation differ, as lines; none where they do not. */
function departuresOf(recorded: readonly TraceEvent[], now: readonly TraceEvent[]): string[] {
  // Of a party that was not recorded nothing can be said.
  const lanes = new Set(recorded.map(({ lane }) => lane));
  const before = comparable(recorded);
  const after = comparable(now.filter(({ lane }) => lanes.has(lane)));
  return diffArrays(before, after).flatMap(({ value, added, removed }) =>
    added || removed ? value.map((line) => `  ${added ? '+' : '-'} ${line}`) : [],
  );
}

function comparable(events: readonly TraceEvent[]): string[] {
  return normalise(events.map((event) => ({ ...maskSecrets(event), conn: 1 }))).map(inWords);
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
