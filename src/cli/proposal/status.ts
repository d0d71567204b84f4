// `portway proposal status`: where a proposal stands, and one legal step further.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPatch, structuredPatch } from 'diff';
import { parse } from 'yaml';
import { FRONT_MATTER_SHAPES } from '../../spec/join.ts';
import { slugOf } from '../../spec/lint/library.ts';
import { report } from '../../spec/lint/report.ts';
import type { Draft, Library } from '../../spec/lint/rule.ts';
import { LIST, listWithStatus } from '../../spec/list.ts';
import { type FrontMatter, STATUSES, type Status } from '../../spec/model.ts';
import { visible } from '../../spec/redline/index.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS, STEPS } from '../../spec/status.ts';
import { LAST_CALL_DAYS, lacking, lastCallEnds, step } from '../../spec/step.ts';
import { waitingFor } from '../../spec/waiting.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { readableDraft, readLibrary, rootOf, writeFiles } from './repository.ts';

export const proposalStatus: Command = {
  summary: 'say where a proposal stands, or take one legal step',
  usage: `portway proposal status: say where a proposal stands, or take one legal step

Usage: portway proposal status NUMBER
       portway proposal status NUMBER STATUS [--set FIELD=VALUE]… [--ends DAY] [--dry-run]

  NUMBER             a proposal, such as 3 or 0003
  STATUS             ${STATUSES.join(', ')}
  --set FIELD=VALUE  a field that the step needs: ${CONDITIONAL_FIELDS.join(', ')}
  --ends DAY         the last day of a last call, such as 2026-12-31 (default: ${LAST_CALL_DAYS} days from now)
  --dry-run          print the change as a diff, and write nothing
  --root DIR         the repository (default: the one around the working directory)

Without STATUS, lists the steps that are legal from here, which fields each needs, and what is to be
done before the next, by whom. A step is refused, and
nothing is written, unless it is legal, has what it needs, and leaves the linter nothing to say.
The row in proposals/README.md follows, and so does \`replaces\` of a proposal that takes the place of
another. The change log stays as it is: a step changes nothing that anybody implements.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        set: { type: 'string', multiple: true, default: [] },
        ends: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        root: { type: 'string' },
      },
      'proposal status',
    );
    const [number, wanted, ...more] = positionals;
    if (number === undefined)
      throw new CommandError('say which proposal: `portway proposal status 3`.', 2);
    if (more.length > 0) throw new CommandError(`one step at a time, not also \`${more[0]}\`.`, 2);
    const status = STATUSES.find((name) => name === wanted);
    if (wanted !== undefined && !status) {
      throw new CommandError(`there is no status \`${wanted}\`: ${STATUSES.join(', ')}.`, 2);
    }
    if (values.ends !== undefined && status !== 'last-call')
      throw new CommandError('--ends is the last day of a last call, for `last-call` alone.', 2);
    const typed = [
      ...(values.set ?? []),
      ...(values.ends === undefined ? [] : [`last-call-ends=${values.ends}`]),
    ];
    const fields: Partial<FrontMatter> = Object.fromEntries(typed.map(field));
    const root = rootOf(values.root);
    const library = await readLibrary(root, { examples: status !== undefined });
    const draft = readableDraft(library, number);
    const { title, status: from } = draft.proposal.frontMatter;

    if (!status) {
      console.log(`${slugOf(draft)} ${title}: ${from}`);
      for (const next of STEPS[from]) {
        const missing = lacking(draft, next);
        console.log(`  → ${next}${missing.length > 0 ? `, with ${missing.join(', ')}` : ''}`);
      }
      if (STEPS[from].length === 0) console.log('  No step leads on from here.');
      const { needs } = waitingFor(draft, library);
      if (needs.length > 0) console.log('\nIt waits for:');
      for (const { who, what, about = [] } of needs)
        console.log(visible(`  ${who}: ${[what, about.join(', ')].filter(Boolean).join(': ')}`));
      return 0;
    }
    const given = { ...defaults(library, draft, status), ...fields };
    const result = step(library, draft, status, given);
    if ('refused' in result) {
      if (result.problems) process.stderr.write(report(result.problems, 'text'));
      const missing = lacking(draft, status, Object.keys(given));
      const how = missing.map((key) => `--set ${key}=…`).join(' ');
      throw new CommandError(
        `nothing is changed: ${result.refused}.${how && STEPS[from].includes(status) ? ` Give it as \`${how}\`.` : ''}`,
      );
    }
    const files = new Map([[draft.document.file, result.text], ...result.others]);
    const list = await readFile(join(root, LIST), 'utf8').catch(() => undefined);
    if (list !== undefined) files.set(LIST, listWithStatus(list, slugOf(draft), status));
    if (values['dry-run']) process.stdout.write(await differences(root, files));
    else await writeFiles(root, files);
    console.log(
      visible(
        `${values['dry-run'] ? 'would be ' : ''}${slugOf(draft)} ${title}: ${from} → ${status}`,
      ),
    );
    return 0;
  },
};

/** What a step sets by itself: a last call ends as soon as it may. */
function defaults({ today }: Library, draft: Draft, status: Status): Partial<FrontMatter> {
  const set = draft.proposal.frontMatter['last-call-ends'] !== undefined;
  if (status !== 'last-call' || set || today === undefined) return {};
  return { 'last-call-ends': lastCallEnds(today) };
}

/** What would be written, as a patch. */
async function differences(root: string, files: ReadonlyMap<string, string>): Promise<string> {
  const patches = await Promise.all(
    [...files].map(async ([file, text]) => {
      const before = await readFile(join(root, file), 'utf8');
      if (before === text) return '';
      return formatPatch(structuredPatch(`a/${file}`, `b/${file}`, before, text));
    }),
  );
  return visible(patches.join(''));
}

/** `field=value` as a field and its value in YAML. */
function field(typed: string): [string, unknown] {
  const at = typed.indexOf('=');
  const key = typed.slice(0, Math.max(at, 0));
  if (!Object.hasOwn(CONDITIONAL, key)) {
    throw new CommandError(
      `--set takes FIELD=VALUE with one of ${CONDITIONAL_FIELDS.join(', ')}, not \`${typed}\`.`,
      2,
    );
  }
  const text = typed.slice(at + 1);
  const shape = FRONT_MATTER_SHAPES[key as keyof typeof CONDITIONAL];
  // Most are text as it is typed; a number or a list is YAML.
  for (const value of [text, readYaml(text)]) {
    if (value !== '' && shape.safeParse(value).success) return [key, value];
  }
  throw new CommandError(`\`${text}\` is not a value for \`${key}\`.`, 2);
}

function readYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
