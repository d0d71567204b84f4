// `portway proposal show`: what is known of a proposal, or of all of them.

import { slugOf } from '../../spec/lint/library.ts';
import type { Draft, Library } from '../../spec/lint/rule.ts';
import { proposalsOf } from '../../spec/lint/subjects.ts';
import { LEVELS, proposalSlug } from '../../spec/model.ts';
import { isChanged } from '../../spec/publish.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { readableDraft, readLibrary, rootOf } from './repository.ts';

export const proposalShow: Command = {
  summary: 'print what is known of a proposal, or a list of all',
  usage: `portway proposal show: print what is known of a proposal

Usage: portway proposal show [NUMBER] [--format text|json]

  NUMBER           a proposal, such as 3 or 0003 (default: a list of all)
  --format FORMAT  text for people (default), json for programs
  --root DIR       the repository (default: the one around the working directory)
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { format: { type: 'string', default: 'text' }, root: { type: 'string' } },
      'proposal show',
    );
    const [number, ...more] = positionals;
    if (more.length > 0)
      throw new CommandError(`one proposal at a time, not also \`${more[0]}\`.`, 2);
    if (values.format !== 'text' && values.format !== 'json') {
      throw new CommandError(`there is no format \`${values.format}\`: text, json.`, 2);
    }
    const root = rootOf(values.root);
    const library = await readLibrary(root);
    const drafts = number === undefined ? proposalsOf(library) : [readableDraft(library, number)];
    const facts = drafts.map((draft) => factsOf(draft, library));
    const [first] = facts;
    if (values.format === 'json') {
      console.log(JSON.stringify(number === undefined ? facts : first, null, 2));
    } else if (number === undefined) {
      for (const { number, title, status, published, requirements } of facts) {
        const revision = published.at(-1) ?? 'not published';
        console.log(
          `${number}  ${status.padEnd(11)}${revision.padEnd(15)}${String(requirements.total).padStart(3)}  ${title}`,
        );
      }
    } else if (first) console.log(inWords(first));
    return 0;
  },
};

type Facts = ReturnType<typeof factsOf>;

function factsOf(draft: Draft, library: Library) {
  const { frontMatter, requirements, events, machines, records, features } = draft.proposal;
  const slug = slugOf(draft);
  const published = (library.published ?? [])
    .filter((text) => text.slug === slug)
    .sort((a, b) => a.revision - b.revision);
  const editions = Object.entries(library.editions?.value ?? {}).flatMap(([edition, members]) =>
    members[slug] === undefined ? [] : [`${edition} (v${members[slug]})`],
  );
  const count = (test: (r: (typeof requirements)[number]) => boolean) =>
    requirements.filter(test).length;
  return {
    number: slug,
    title: frontMatter.title,
    summary: frontMatter.summary,
    status: frontMatter.status,
    type: frontMatter.type,
    authors: frontMatter.authors,
    created: frontMatter.created,
    file: draft.document.file,
    revision: frontMatter.revision,
    published: published.map(({ revision }) => `v${revision}`),
    changedSince: published.length === 0 ? null : isChanged(draft, library),
    editions,
    requires: (frontMatter.requires ?? []).map(proposalSlug),
    requiredBy: proposalsOf(library)
      .filter(({ proposal }) => proposal.frontMatter.requires?.includes(frontMatter.proposal))
      .map(slugOf),
    requirements: {
      total: requirements.length,
      levels: Object.fromEntries(LEVELS.map((level) => [level, count((r) => r.level === level)])),
      roles: Object.fromEntries(
        (['gateway', 'application', 'middleware'] as const).map((role) => [
          role,
          count((r) => r.role === role),
        ]),
      ),
      tested: count(({ id }) => library.tests?.has(id) === true),
    },
    events: events.map(({ value }) => value.type),
    machines: machines.map(({ value }) => value.machine),
    records: records.map(({ value }) => value.record),
    features: features.map(({ value }) => `${value.feature} ${value.revision}`),
  };
}

function inWords(facts: Facts): string {
  const { requirements: counts } = facts;
  const pairs = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .filter(([, value]) => value > 0)
      .map(([key, value]) => `${value} ${key}`)
      .join(', ');
  const changed =
    facts.changedSince === true
      ? ', changed since'
      : facts.changedSince === false
        ? ', not changed since'
        : '';
  const rows: [string, string][] = [
    ['status', facts.status],
    ['type', facts.type],
    ['authors', facts.authors.join(', ')],
    ['created', facts.created],
    ['draft', `${facts.file}, revision ${facts.revision}`],
    ['published', `${facts.published.join(', ') || 'not yet'}${changed}`],
    ['editions', facts.editions.join(', ')],
    ['requires', facts.requires.join(', ')],
    ['required by', facts.requiredBy.join(', ')],
    [
      'requirements',
      counts.total === 0
        ? 'none'
        : `${counts.total}: ${pairs(counts.levels)}; ${pairs(counts.roles)}; ${counts.tested} named by tests`,
    ],
    ['events', facts.events.join(', ')],
    ['machines', facts.machines.join(', ')],
    ['records', facts.records.join(', ')],
    ['features', facts.features.join(', ')],
  ];
  const lines = rows
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `  ${key.padEnd(14)}${value}`);
  return `${facts.number} ${facts.title}\n${facts.summary}\n\n${lines.join('\n')}`;
}
