import type { DraftRule } from '../rule.ts';
import { blocks, idsOf, inBlock, nearest, publishedIds, retiredIn } from '../subjects.ts';

/** Whether the aliases of an id lead back to it. */
function leadsBack(id: string, retired: ReturnType<typeof retiredIn>): boolean {
  const seen = new Set<string>();
  let name = retired.get(id)?.alias;
  for (; name !== undefined && name !== id && !seen.has(name); name = retired.get(name)?.alias)
    seen.add(name);
  return name === id;
}

export const retiredTarget: DraftRule = {
  id: 'retired-target',
  group: 'normative',
  severity: 'error',
  summary:
    'A retired id was published, is retired once, and its alias is a requirement that exists, or one that was retired in its turn.',
  why: 'An alias leads readers from an old link to what took its place. An id that was never published has nobody who could follow it: just leave it out.',
  wrong: '```retired\n- {id: door.opens, alias: door.swngs}\n```',
  right: '```retired\n- {id: door.opens, alias: door.swings}\n```',
  *checkDraft(draft, library) {
    if (draft.template) return;
    const ids = idsOf(library);
    const retired = retiredIn(library);
    for (const block of blocks(draft, 'retired')) {
      for (const [index, { id, alias }] of block.value.entries()) {
        const at = (key: string) => inBlock(draft.document, block, [index, key]);
        const first = retired.get(id);
        if (first && (first.block !== block || first.index !== index)) {
          yield {
            at: at('id'),
            message: `\`${id}\` is already retired in ${first.file}:${first.line}`,
            hint: 'Delete one of the two.',
          };
        }
        if (library.published && !publishedIds(library).has(id)) {
          yield {
            at: at('id'),
            message: `\`${id}\` was never published, so nobody can refer to it`,
            hint: 'Delete the entry.',
          };
        }
        // An alias may have been renamed in its turn.
        if (alias !== undefined && !ids.has(alias) && !retired.has(alias)) {
          const meant = nearest(alias, ids);
          yield {
            at: at('alias'),
            message: `the alias \`${alias}\` is not a requirement`,
            hint: meant
              ? `Did you mean \`${meant}\`?`
              : 'Name the one that took its place, or give a `tombstone`.',
          };
        } else if (alias !== undefined && leadsBack(id, retired)) {
          yield {
            at: at('alias'),
            message: `the aliases of \`${id}\` lead in a circle`,
            hint: 'Let one of them name a requirement.',
          };
        }
      }
    }
  },
};
