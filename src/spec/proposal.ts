// Reads one proposal: Markdown in, its front matter, requirements and blocks with positions out.
// Pure: no file system, no network; runs in Node and in the browser.

import type { Code, Paragraph, Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import {
  type Block,
  type BlockKind,
  type EventBlock,
  isBlockKind,
  type MachineBlock,
  parseBlock,
  type RecordBlock,
  type TryBlock,
} from './blocks.ts';
import type { Problem } from './problem.ts';

export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY';
export type Role = 'gateway' | 'application' | 'middleware';

/** One binding sentence. `text` is Markdown without the id line. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly role: Role;
  readonly text: string;
  readonly line: number;
}

const frontMatterSchema = z.object({
  proposal: z.int().nonnegative(),
  title: z.string().max(60),
  summary: z.string().max(140),
  authors: z.array(z.string()).min(1),
  status: z.enum([
    'draft',
    'review',
    'last-call',
    'accepted',
    'final',
    'withdrawn',
    'rejected',
    'deferred',
    'superseded',
  ]),
  type: z.enum(['standards', 'informational', 'process']),
  created: z.string(),
  discussion: z.string(),
  revision: z.int().positive(),
  requires: z.array(z.int()).optional(),
});

export type FrontMatter = z.infer<typeof frontMatterSchema>;

export interface Located<T> {
  readonly value: T;
  readonly line: number;
}

/** A proposal as programs see it. */
export interface Proposal {
  readonly file: string;
  readonly frontMatter: FrontMatter;
  readonly requirements: readonly Requirement[];
  readonly events: readonly Located<EventBlock>[];
  readonly records: readonly Located<RecordBlock>[];
  readonly machines: readonly Located<MachineBlock>[];
  readonly tries: readonly Located<TryBlock>[];
  readonly problems: readonly Problem[];
}

/** `r[id]` on a line of its own, at the start of a paragraph. */
const MARKER = /^r\[([^\]\n]*)\][ \t]*(?:\n|$)/;
const ID = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+$/;
const KEYWORD = /\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b/g;
const ROLES: readonly [RegExp, Role][] = [
  [/^The gateway\b/, 'gateway'],
  [/^The application\b/, 'application'],
  [/^Middleware\b/, 'middleware'],
];

const processor = unified().use(remarkParse).use(remarkFrontmatter, ['yaml']).use(remarkGfm);

/** The Markdown tree that every other reader of proposals starts from. */
export function parseMarkdown(source: string): Root {
  return processor.parse(source);
}

/** The id of a requirement paragraph, or undefined for any other node. */
export function requirementMarker(node: RootContent): string | undefined {
  const first = node.type === 'paragraph' ? node.children[0] : undefined;
  return first?.type === 'text' ? MARKER.exec(first.value)?.[1] : undefined;
}

/** Takes the marker line off a requirement paragraph, leaving the sentence. Changes the node. */
export function stripMarker(paragraph: Paragraph): void {
  const first = paragraph.children[0];
  if (first?.type !== 'text') return;
  first.value = first.value.replace(MARKER, '');
  if (first.value === '') paragraph.children.shift();
}

/** Reads a proposal. Never throws for what the text says: see `problems`. */
export function parseProposal(source: string, file: string): Proposal {
  const problems: Problem[] = [];
  const report = (rule: string, line: number, column: number, message: string, hint?: string) =>
    problems.push({ rule, file, line, column, message, ...(hint === undefined ? {} : { hint }) });

  const tree = parseMarkdown(source);
  const requirements: Requirement[] = [];
  const blocks: { [K in BlockKind]: Located<Block[K]>[] } = {
    event: [],
    record: [],
    machine: [],
    try: [],
  };

  for (const node of tree.children) {
    const line = node.position?.start.line ?? 1;
    const column = node.position?.start.column ?? 1;
    if (node.type === 'paragraph') {
      const id = requirementMarker(node);
      if (id !== undefined) {
        const requirement = readRequirement(id, node, source, line, column, report);
        if (requirement) requirements.push(requirement);
      }
    } else if (node.type === 'code' && node.lang && isBlockKind(node.lang)) {
      readBlock(node.lang, node, line);
    }
  }

  function readBlock<K extends BlockKind>(kind: K, node: Code, line: number): void {
    const result = parseBlock(kind, node.value, file, line + 1);
    if ('problems' in result) problems.push(...result.problems);
    else (blocks[kind] as Located<Block[K]>[]).push({ value: result.value, line });
  }

  const frontMatter = readFrontMatter(tree, report);
  return {
    file,
    frontMatter,
    requirements,
    events: blocks.event,
    records: blocks.record,
    machines: blocks.machine,
    tries: blocks.try,
    problems,
  };
}

type Report = (rule: string, line: number, column: number, message: string, hint?: string) => void;

function readRequirement(
  id: string,
  node: Paragraph,
  source: string,
  line: number,
  column: number,
  report: Report,
): Requirement | undefined {
  if (!ID.test(id)) {
    report(
      'requirement-id',
      line,
      column,
      `\`${id}\` is not a requirement id`,
      'Lowercase words joined by dots and hyphens, two or more, such as `http.start-once`.',
    );
    return undefined;
  }
  const start = node.position?.start.offset ?? 0;
  const end = node.position?.end.offset ?? start;
  const text = source.slice(start, end).replace(MARKER, '').trim();
  const plain = plainText(node).replace(MARKER, '');
  const keywords = plain.match(KEYWORD) ?? [];
  if (keywords.length !== 1) {
    report(
      'one-keyword',
      line + 1,
      column,
      `\`${id}\` has ${keywords.length} keywords${keywords.length > 1 ? ` (${keywords.join(', ')})` : ''}, and needs exactly one`,
      keywords.length > 1
        ? 'Split the sentence, one requirement each.'
        : 'Say MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.',
    );
    return undefined;
  }
  const role = ROLES.find(([pattern]) => pattern.test(plain))?.[1];
  if (!role) {
    report(
      'role-readable',
      line + 1,
      column,
      `\`${id}\` does not begin by naming whom it binds`,
      'Begin with “The gateway”, “The application” or “Middleware”.',
    );
    return undefined;
  }
  return { id, level: keywords[0] as Level, role, text, line };
}

function readFrontMatter(tree: Root, report: Report): FrontMatter {
  const fallback: FrontMatter = {
    proposal: 0,
    title: '',
    summary: '',
    authors: ['?'],
    status: 'draft',
    type: 'standards',
    created: '',
    discussion: '',
    revision: 1,
  };
  const node = tree.children[0];
  if (node?.type !== 'yaml') {
    report(
      'front-matter',
      1,
      1,
      'the proposal has no front matter',
      'Begin the file with `---` and its fields.',
    );
    return fallback;
  }
  const document = parseDocument(node.value);
  const [error] = document.errors;
  if (error) {
    const start = error.linePos?.[0];
    report(
      'front-matter',
      (start?.line ?? 1) + 1,
      start?.col ?? 1,
      `the front matter is not valid YAML: ${error.message.split('\n')[0]}`,
    );
    return fallback;
  }
  const result = frontMatterSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    report('front-matter', 2, 1, `\`${issue.path.join('.')}\`: ${issue.message}`);
  }
  return fallback;
}
