// Reads one proposal: Markdown in, its front matter, requirements and blocks with positions out.
// Pure: no file system, no network; runs in Node and in the browser.

import type { Code, Nodes, Paragraph, Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
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
import { readYaml } from './yaml.ts';

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
const MARKER = /^r\[([^\]\r\n]*)\][ \t]*(?:\r?\n|$)/;
/** The same, wherever a line begins. */
const STRAY_MARKER = /^r\[([^\]\r\n]*)\][ \t]*$/gm;
/** No text has these but by accident; line ends and tabs are not among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
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
export function parseProposal(text: string, file: string): Proposal {
  // A byte order mark is no part of the text, and would put every offset out by one.
  const source = text.replace(/^\ufeff/, '');
  const problems: Problem[] = [];
  const report = (rule: string, line: number, column: number, message: string, hint?: string) =>
    problems.push({ rule, file, line, column, message, ...(hint === undefined ? {} : { hint }) });

  for (const { index } of source.matchAll(CONTROL)) {
    const before = source.slice(0, index).split(/\r\n?|\n/);
    const code = source.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
    report(
      'no-control-characters',
      before.length,
      (before.at(-1)?.length ?? 0) + 1,
      `the text has the control character U+${code}`,
      'Delete it.',
    );
  }

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
      reportStray(node, id === undefined ? 0 : 1);
    } else if (node.type === 'code' && node.lang && isBlockKind(node.lang)) {
      readBlock(node.lang, node, line);
    } else reportStray(node, 0);
  }

  /** What would be read at the top level and is passed over where it stands. */
  function reportStray(node: Nodes, allowed: number): void {
    const { line = 1, column = 1 } = node.position?.start ?? {};
    if (node.type === 'text') {
      const markers = [...node.value.matchAll(STRAY_MARKER)].slice(allowed);
      for (const { 0: marker, index } of markers) {
        report(
          'requirement-place',
          line + node.value.slice(0, index).split('\n').length - 1,
          column,
          `\`${marker.trim()}\` does not begin a paragraph of its own, so nothing is read from it`,
          'Put an empty line before it, outside of lists and quotations.',
        );
      }
    } else if (node.type === 'code' && node.lang && isBlockKind(node.lang)) {
      report(
        'block-place',
        line,
        column,
        `this ${node.lang} block stands inside something else, so nothing is read from it`,
        'Put it outside of lists and quotations.',
      );
    } else if ('children' in node) {
      for (const [index, child] of node.children.entries())
        reportStray(child, index === 0 ? allowed : 0);
    }
  }

  function readBlock<K extends BlockKind>(kind: K, node: Code, line: number): void {
    const result = parseBlock(kind, node.value, file, line + 1);
    if ('problems' in result) problems.push(...result.problems);
    else (blocks[kind] as Located<Block[K]>[]).push({ value: result.value, line });
  }

  const frontMatter = readFrontMatter(tree, file, problems);
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
  const text = source.slice(start, end).replace(MARKER, '').replaceAll('\r\n', '\n').trim();
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

/** What stands in for front matter that cannot be read, so that the rest can be. */
const NO_FRONT_MATTER: FrontMatter = {
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

function readFrontMatter(tree: Root, file: string, problems: Problem[]): FrontMatter {
  const node = tree.children[0];
  if (node?.type !== 'yaml') {
    problems.push({
      rule: 'front-matter',
      file,
      line: 1,
      column: 1,
      message: 'the proposal has no front matter',
      hint: 'Begin the file with `---` and its fields.',
    });
    return NO_FRONT_MATTER;
  }
  const result = readYaml(
    { what: 'front matter', text: node.value, file, line: 2 },
    frontMatterSchema,
    { syntax: 'front-matter', shape: 'front-matter' },
  );
  if ('value' in result) return result.value;
  problems.push(...result.problems);
  return NO_FRONT_MATTER;
}
