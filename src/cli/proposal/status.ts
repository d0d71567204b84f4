// `portway proposal status`: where a proposal stands, and one legal step further.

import { parse } from 'yaml';
import { FRONT_MATTER_SHAPES } from '../../spec/join.ts';
import { slugOf } from '../../spec/lint/library.ts';
import { report } from '../../spec/lint/report.ts';
import { STATUSES } from '../../spec/model.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS, STEPS } from '../../spec/status.ts';
import { lacking, step } from '../../spec/step.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { readableDraft, readLibrary, rootOf, writeFiles } from './repository.ts';

export const proposalStatus: Command = {
  summary: 'say where a proposal stands, or take one legal step',
  usage: `portway proposal status: say where a proposal stands, or take one legal step

Usage: portway proposal status NUMBER
       portway proposal status NUMBER STATUS [--set FIELD=VALUE]…

  NUMBER             a proposal, such as 3 or 0003
  STATUS             ${STATUSES.join(', ')}
  --set FIELD=VALUE  a field that the step needs: ${CONDITIONAL_FIELDS.join(', ')}
  --root DIR         the repository (default: the one around the working directory)

Without STATUS, lists the steps that are legal from here and what each needs. A step is refused, and
nothing is written, unless it is legal, has what it needs, and leaves the linter nothing to say.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { set: { type: 'string', multiple: true, default: [] }, root: { type: 'string' } },
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
    const fields = Object.fromEntries((values.set ?? []).map(field));
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
      return 0;
    }
    const result = step(library, draft, status, fields);
    if ('refused' in result) {
      if (result.problems) process.stderr.write(report(result.problems, 'text'));
      throw new CommandError(`nothing is changed: ${result.refused}.`);
    }
    await writeFiles(root, new Map([[draft.document.file, result.text]]));
    console.log(`${slugOf(draft)} ${title}: ${from} → ${status}`);
    return 0;
  },
};

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
