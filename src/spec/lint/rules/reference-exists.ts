import type { BlockText } from '../../document.ts';
import type { DraftRule } from '../rule.ts';
import { idsOf, inBlock, nearest, rowLabel } from '../subjects.ts';

type Path = Parameters<typeof inBlock>[2];

export const referenceExists: DraftRule = {
  id: 'reference-exists',
  group: 'links',
  severity: 'error',
  summary:
    'A requirement that is referred to, in the text or in a block, is defined by some proposal.',
  why: 'A reference is a link on the page and an id in an error message. One that leads nowhere is a spelling mistake, or a requirement that was renamed: then use its new id. What is no reference is written as code.',
  wrong: 'The rule of [http.start-onec] applies.',
  right: 'The rule of [http.start-once] applies.',
  essential: true,
  errata: true,
  *checkDraft({ document, template }, library) {
    if (template) return;
    const ids = idsOf(library);
    const hint = (id: string) => {
      const meant = nearest(id, ids);
      return meant === undefined ? {} : { hint: `Did you mean \`${meant}\`?` };
    };
    for (const { text: id, start } of document.references) {
      if (ids.has(id)) continue;
      yield {
        at: start,
        end: start + id.length + 2,
        message: `\`[${id}]\` refers to a requirement that no proposal defines`,
        hint: hint(id).hint ?? 'Correct the id, or write it as code if it is not a reference.',
      };
    }
    for (const block of document.blocks) {
      for (const { id, whose, path } of namedBy(block)) {
        if (ids.has(id)) continue;
        yield {
          at: inBlock(document, block, path),
          message: `${whose} names the requirement \`${id}\`, which no proposal defines`,
          ...hint(id),
        };
      }
    }
  },
};

/** The requirements that a block names, with where. Those of `retired` and `untested` have rules of their own. */
function* namedBy(block: BlockText): Generator<{ id: string; whose: string; path: Path }> {
  if (block.value === undefined) return;
  if (block.kind === 'event') {
    const { type, requirement } = block.value;
    yield { id: requirement, whose: `event \`${type}\``, path: ['requirement'] };
  } else if (block.kind === 'feature') {
    const { feature, requirement } = block.value;
    yield { id: requirement, whose: `feature \`${feature}\``, path: ['requirement'] };
  } else if (block.kind === 'sequence') {
    const { example, show = [] } = block.value;
    for (const [index, id] of show.entries())
      yield { id, whose: `the figure of \`${example}\``, path: ['show', index] };
  } else if (block.kind === 'machine') {
    const { machine, transitions } = block.value;
    for (const [index, row] of transitions.entries()) {
      for (const key of ['requirement', 'misuse', 'closed', 'never'] as const) {
        const id = row[key];
        if (id !== undefined) {
          yield {
            id,
            whose: `machine \`${machine}\`: ${rowLabel(row)}`,
            path: ['transitions', index, key],
          };
        }
      }
    }
  }
}
