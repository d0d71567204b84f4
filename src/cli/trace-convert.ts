// `portway trace convert`: writes a trace in the form of another program, without the values that are secret.

import { writeFile } from 'node:fs/promises';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { traceTable, writeChromeTrace, writeHar, writeMermaid } from '../trace/formats/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import { maskSecrets } from '../trace/secrets.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { readTraceFile } from './read-trace.ts';

/** Writes events; `site` is the root of the specification's site, with a slash at its end. */
type Write = (events: readonly TraceEvent[], site: string | undefined) => string;

const FORMATS: Readonly<Record<string, Write>> = {
  har: (events) => writeHar(events),
  chrome: (events) => writeChromeTrace(events),
  mermaid: (events) => writeMermaid(events),
  markdown: (events, site) =>
    `${traceTable(events, {
      mostRows: Number.POSITIVE_INFINITY,
      ...(site === undefined ? {} : { clauseHref: (id) => clauseHref(id, site) }),
    })}\n`,
};
const NAMES = Object.keys(FORMATS).join(', ');

export const traceConvert: Command = {
  summary: 'write a trace as HAR, Chrome trace events, Mermaid or Markdown',
  usage: `portway trace convert: write a trace in the form of another program

Usage: portway trace convert TRACE --to FORMAT [--out FILE] [--site URL] [--secrets]

  TRACE        a file that \`serve\`, \`dev\` or \`check\` has written with --trace
  --to FORMAT  har       HTTP Archive 1.2: the exchanges, for browsers' network panels
               chrome    Chrome trace events: the times, for ui.perfetto.dev and chrome://tracing
               mermaid   a sequence diagram, for Markdown that draws it; as much as Mermaid takes
               markdown  a table with the clause of each event, for a discussion
  --out FILE   file to write to, in the place of what is there; without it, standard output
  --site URL   where the specification is read: the clauses of markdown link there
  --secrets    keep the values of \`authorization\`, \`cookie\`, \`proxy-authorization\` and \`set-cookie\`,
               if the trace has them (it was recorded with --trace-secrets)

A trace keeps the first 120 octets of each piece of a body: what of it is missing is said in comments. The first event of
a run has its date: a HAR without it begins in 1970. A last line that is cut short, as a server leaves it that was killed, is named and left out.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        to: { type: 'string' },
        out: { type: 'string' },
        site: { type: 'string' },
        secrets: { type: 'boolean', default: false },
      },
      'trace convert',
    );
    const usage = (message: string) =>
      new CommandError(`${message} See \`portway trace convert --help\`.`, 2);
    const [file, ...more] = positionals;
    if (file === undefined)
      throw usage('name the trace: `portway trace convert trace.ndjson --to har`.');
    if (more.length > 0) throw usage(`one trace at a time, not also \`${more[0]}\`.`);
    if (values.to === undefined) throw usage(`name the format with --to: ${NAMES}.`);
    const write = Object.hasOwn(FORMATS, values.to) ? FORMATS[values.to] : undefined;
    if (!write) throw usage(`there is no format \`${values.to}\`: ${NAMES}.`);
    if (values.out === '') throw usage('--out needs the name of a file.');
    if (values.site !== undefined && values.to !== 'markdown')
      throw usage('--site is for --to markdown: the other formats have no links.');
    if (values.site !== undefined && !isSite(values.site))
      throw usage(
        `--site needs an http or https URL without query and fragment, not \`${values.site}\`.`,
      );

    const { events } = await readTraceFile(file, 'trace convert');
    const text = write(
      values.secrets ? events : events.map(maskSecrets),
      values.site?.replace(/\/*$/, '/'),
    );
    if (values.out === undefined) process.stdout.write(text);
    else
      await writeFile(values.out, text).catch((error: Error) => {
        throw new CommandError(
          `cannot write ${values.out}: ${error.message}. Choose another file with --out.`,
        );
      });
    return 0;
  },
};

function isSite(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, search, hash } = new URL(url);
  return /^https?:$/.test(protocol) && search === '' && hash === '' && !/[\s<>]/.test(url);
}

/** A clause in its proposal; the list of all for an id that is not known, as a program may raise one. */
function clauseHref(id: string, site: string): string {
  const requirement = Object.hasOwn(REQUIREMENTS, id) ? REQUIREMENTS[id] : undefined;
  return requirement ? `${site}proposals/${requirement.proposal}/#${id}` : `${site}requirements/`;
}
