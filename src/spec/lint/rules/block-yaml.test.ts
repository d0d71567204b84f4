import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR } from '../testing-blocks.ts';
import { blockYaml } from './block-yaml.ts';

const event = (yaml: string) => `\`\`\`event\n${yaml}\n\`\`\``;

/** Aliases that would become a million values. */
const LAUGHS = `⌖a: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefg']
  .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[i]}`).join(', ')}]`)
  .join('\n')}`;

describe('block-yaml', () => {
  test('its words', () => keepsItsWord(blockYaml, event));

  test.each([
    ['a colon in a value', 'type: door.push\nsummary: ⌖Tür: auf', 'Nested mappings'],
    ['a backtick', 'summary: ⌖`x`', 'Plain value cannot start with reserved character `'],
    ['a tab', 'fields:\n⌖\ttype: x', 'Tabs are not allowed as indentation'],
    ['one key twice', 'type: a.b\n⌖type: c.d', 'Map keys must be unique'],
    ['two documents', 'type: a.b\n⌖---\ntype: c.d', 'Source contains multiple documents'],
    ['an alias without its anchor', '⌖type: *nothing', 'Unresolved alias'],
    ['aliases that multiply', LAUGHS, 'Excessive alias count'],
  ])('%s', (_, yaml, part) => {
    const [before = '', after = ''] = proposal(event(yaml)).split('⌖');
    for (const text of [`${before}⌖${after}`, crlf(`${before}⌖${after}`)]) {
      const problem = finds(blockYaml, text, expect.stringContaining(part));
      expect(problem.message).toMatch(/^the event block is not valid YAML: /);
      expect(problem.message).not.toContain('\n');
      expect(problem.hint).toContain('Quote values');
    }
  });

  test('every kind of block, on the first line of a text and on its last', () => {
    findsAll(blockYaml, '```machine\na: ⌖b: c\n```\n\n```retired\na: ⌖b: c', [
      expect.stringMatching(/^the machine block is not valid YAML: /),
      expect.stringMatching(/^the retired block is not valid YAML: /),
    ]);
  });

  test('a fence that is indented', () => {
    finds(blockYaml, proposal('  ```event\n  a: ⌖b: c\n  ```'), expect.stringContaining('Nested'));
  });

  test.each([
    ['good blocks', DOOR],
    ['quotes', event('summary: "Tür: auf, `x` # y"')],
    ['keys that are not those of an event', event('colour: red')],
    ['an alias with its anchor', event('a: &a {b: c}\nd: *a')],
    ['nothing', '```event\n```'],
    ['another language', '```yaml\na: b: c\n```'],
    ['a block in a list, from which nothing is read', '- ```event\n  a: b: c\n  ```'],
  ])('near miss: %s', (_, text) => passes(blockYaml, proposal(text)));
});
