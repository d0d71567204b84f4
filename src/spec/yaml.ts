// Reads YAML against a schema, and says of everything that is wrong where it stands. Knows nothing of proposals.

import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from './problem.ts';

export interface YamlSource {
  /** What it is, for messages: `event block`. */
  readonly what: string;
  readonly text: string;
  readonly file: string;
  /** Line of the file on which the text begins. */
  readonly line: number;
}

/** Rules under which problems are reported: that it is no YAML, and that it is not what was asked for. */
export interface YamlRules {
  readonly syntax: string;
  readonly shape: string;
}

/** Never throws for what the text says. */
export function readYaml<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
  rules: YamlRules,
): { value: T } | { problems: Problem[] } {
  const { what, text, file, line } = source;
  const counter = new LineCounter();
  const at = (offset: number) => {
    const position = counter.linePos(offset);
    return { file, line: line + Math.max(position.line, 1) - 1, column: Math.max(position.col, 1) };
  };
  const invalid = (offset: number, message: string): Problem => ({
    rule: rules.syntax,
    ...at(offset),
    message: `the ${what} is not valid YAML: ${message.split('\n')[0]}`,
    hint: 'Quote values that contain `: `, `#` or begin with `[`, `{` or a backtick.',
  });

  const document = parseDocument(text, {
    lineCounter: counter,
    logLevel: 'error',
    prettyErrors: false,
  });
  if (document.errors.length > 0) {
    return { problems: document.errors.map((error) => invalid(error.pos[0], error.message)) };
  }
  let values: unknown;
  try {
    values = document.toJS();
  } catch (error) {
    // An alias without its anchor, or too many of them: found only when values are made.
    return { problems: [invalid(0, (error as Error).message)] };
  }
  const result = schema.safeParse(values);
  if (result.success) return { value: result.data };
  return {
    problems: result.error.issues.flatMap((issue) =>
      placesOf(document, issue).map(({ path, offset }) => ({
        rule: rules.shape,
        ...at(offset),
        message: `${what}: ${path.length > 0 ? `\`${path.join('.')}\`: ` : ''}${issue.message}`,
      })),
    ),
  };
}

type Issue = z.core.$ZodIssue;

/** Where an issue stands: once, or at each of the keys that should not be there. */
function placesOf(document: Document, issue: Issue): { path: PropertyKey[]; offset: number }[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ path: issue.path, offset: offsetOf(nodeAt(document, issue.path)) }];
  const map = nodeAt(document, issue.path);
  return issue.keys.map((key) => {
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    return { path: [...issue.path, key], offset: offsetOf(pair?.key ?? map) };
  });
}

/** The nearest node that exists: a missing key has no position of its own. */
function nodeAt(document: Document, path: readonly PropertyKey[]): unknown {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node;
  }
  return document.contents;
}

function offsetOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}
