// The site in one text for programs that read Markdown (llmstxt.org): what it is, where the texts and the data are.

import { count } from '../render/words.ts';
import { editions } from './editions.ts';
import { guide, guideHref } from './guide.ts';
import {
  feedHref,
  href,
  LAST_CALL_FEED,
  proposalHref,
  publicUrl,
  SITE_FEED,
  sourceHref,
} from './href.ts';
import { textsOf } from './redline-comparisons.ts';
import { settings } from './settings.ts';
import { proposals } from './specification.ts';

const item = (title: string, path: string, summary: string) =>
  `- [${title}](${publicUrl(path)}): ${summary}`;

/** Data that is there for programs, with what it is. */
const EXPORTS: readonly (readonly [name: string, path: string, what: string])[] = [
  [
    'Requirements',
    '/api/requirements.json',
    'every binding sentence with id, level, role, tests and history',
  ],
  ['Editions', '/api/editions.json', 'every edition with its texts and their checksums'],
  ['Requirements as CSV', '/api/requirements.csv', 'the same as a table'],
  ['Events', '/api/events.json', 'every event with its fields, states and example'],
  ['Machines', '/api/machines.json', 'every state machine as a table of transitions'],
  ['Proposals', '/api/proposals.json', 'the front matter of every proposal'],
  ['Terms', '/api/terms.json', 'every term with its definition and the sections that use it'],
  ['Features', '/api/features.json', 'every feature with its revision and events'],
  ['Examples', '/api/examples.json', 'applications that run, with the clauses that they show'],
  ['Conformance', '/api/conformance.json', 'what the suite found, by requirement and protocol'],
  [
    'Conformance of other servers',
    '/api/conformance-servers.json',
    'what the suite found of uvicorn, hypercorn, daphne and gunicorn behind the adapters',
  ],
];

/** The text of `/llms.txt`. */
export function llmsText(): string {
  return `# ${settings.name}

> ${settings.description}

Every binding sentence has an id, such as \`http.start-once\`, with a page of its own at ${publicUrl(href('/r/http.start-once/'))}. Where prose and table disagree, say so: that is a fault of the draft.

## Specification

${[
  item('Specification', href('/spec/'), 'the current edition by chapter, and all editions'),
  ...editions
    .toReversed()
    .map(({ name, href: path, chapters }) =>
      item(
        `Edition ${name}`,
        path,
        `${count(chapters.length, 'published text')} as one document that never changes`,
      ),
    ),
].join('\n')}

The drafts that the next edition is made of:

${proposals
  .map(({ slug, proposal }) =>
    item(
      `Proposal ${slug}: ${proposal.frontMatter.title}`,
      proposalHref(slug),
      proposal.frontMatter.summary,
    ),
  )
  .join('\n')}

## Texts

Each proposal as the Markdown that the repository has; published revisions never change.

${proposals
  .flatMap(({ slug, proposal }) =>
    textsOf(slug).map(({ name, title }) =>
      item(
        `Proposal ${slug}, ${name}`,
        sourceHref(slug, name),
        `${proposal.frontMatter.title}, ${title.toLowerCase()}`,
      ),
    ),
  )
  .join('\n')}

## Feeds

${[
  item(
    'All proposals',
    SITE_FEED,
    'every revision that is published and every change of status, as Atom',
  ),
  item('Last calls', LAST_CALL_FEED, 'proposals in last call, and until when'),
  ...proposals.map(({ slug, proposal }) =>
    item(`Proposal ${slug}`, feedHref(slug), `what happens to ${proposal.frontMatter.title}`),
  ),
].join('\n')}

## Data

${EXPORTS.map(([name, path, what]) => item(name, href(path), what)).join('\n')}

## Guide

${[...guide.values()].map(({ slug, title, summary }) => item(title, guideHref(slug), summary)).join('\n')}
`;
}
