// Turns `[http.some.id]` into a link to that requirement. A reference that leads nowhere ends the build.
import type { Parent, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { SKIP, visit } from 'unist-util-visit';
import { type Problem, SpecError } from '../../spec/problem.ts';
import { fileName, type MarkdownContext, type SourceFile } from './context.ts';
import { element } from './elements.ts';

/** Two or more words joined by dots and hyphens: what no other use of brackets in prose looks like. */
const REFERENCE = /\[([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)\]/g;

/** Beside a reference that leads nowhere, in a text that is being written. */
const UNKNOWN = 'No proposal defines this requirement.';

export function references(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): void => {
    const problems: Problem[] = [];
    visit(tree, 'text', (node, index, parent) => {
      if (index === undefined || !parent || parent.type === 'link') return;
      const parts: RootContent[] = [];
      let end = 0;
      for (const match of node.value.matchAll(REFERENCE)) {
        const [written, id = ''] = match;
        const requirement = context.specification.requirements.get(id);
        if (!requirement) {
          problems.push({
            rule: 'reference-exists',
            file: fileName(file),
            ...place(node, match.index),
            message: `\`[${id}]\` refers to a requirement that no proposal defines`,
            hint: 'Correct the id, or write it as code if it is not a reference.',
          });
          if (!context.noteOf) continue;
          parts.push({ ...node, value: node.value.slice(end, match.index) });
          parts.push(element('mark', { className: ['unresolved'], title: UNKNOWN }, written));
          end = match.index + written.length;
          continue;
        }
        parts.push({ ...node, value: node.value.slice(end, match.index) });
        parts.push(
          element(
            'a',
            { className: ['reference'], href: context.addresses.requirementHref(requirement) },
            id,
          ),
        );
        end = match.index + written.length;
      }
      if (parts.length === 0) return;
      parts.push({ ...node, value: node.value.slice(end) });
      const shown = parts.filter((part) => part.type !== 'text' || part.value !== '');
      (parent as Parent).children.splice(index, 1, ...(shown as PhrasingContent[]));
      return [SKIP, index + shown.length];
    });
    if (problems.length > 0 && !context.noteOf) throw new SpecError(problems);
  };
}

/** Line and column of a place within a text, which may span lines. */
function place(node: Text, offset: number): { line: number; column: number } {
  const start = node.position?.start ?? { line: 1, column: 1 };
  const before = node.value.slice(0, offset).split('\n');
  const last = before.at(-1)?.length ?? 0;
  return before.length === 1
    ? { line: start.line, column: start.column + last }
    : { line: start.line + before.length - 1, column: last + 1 };
}
