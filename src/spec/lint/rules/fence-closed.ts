import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const fenceClosed: DraftRule = {
  id: 'fence-closed',
  group: 'links',
  severity: 'error',
  summary: 'A fence is closed.',
  why: 'One that is not swallows the rest of the text, requirements and all.',
  wrong: '```text\nGET / HTTP/1.1\n\nThe rest of the proposal.',
  right: '```text\nGET / HTTP/1.1\n```\n\nThe rest of the proposal.',
  errata: true,
  *checkDraft({ document }) {
    for (const fence of document.fences) {
      const whole = document.source.slice(startOf(fence), endOf(fence));
      const [, opening] = /^([`~]{3,})/.exec(whole) ?? [];
      // Indented code has no fence.
      if (opening === undefined) continue;
      const lines = whole.split(/\r\n?|\n/);
      const last = (lines.slice(1).at(-1) ?? '').replace(/^[\s>]*/, '').trimEnd();
      const closes = last.startsWith(opening) && last.replaceAll(opening[0] ?? '', '') === '';
      // What looks like an end, and is indented like code, belongs to what the fence holds.
      const held = fence.value === '' ? 0 : fence.value.split(/\r\n?|\n/).length;
      if (closes && (held === 0 || lines.length === held + 2)) continue;
      yield {
        at: startOf(fence),
        message: 'the fence is never closed, and takes what follows with it',
        hint: `Close it with ${opening} on a line of its own.`,
      };
    }
  },
};
