import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { discussionForm } from './discussion-form.ts';

const at = (discussion: string) => proposal('Text.', { discussion });

describe('discussion-form', () => {
  test('its words', () => keepsItsWord(discussionForm, (line) => `---\n${line}\n---\n`));

  test.each([
    'the mailing list',
    'Repository',
    'repositories',
    'http://example.org/thread',
    'HTTPS://example.org/thread',
    'example.org/thread',
    'https://',
    'https:example.org',
    'https:///thread',
    'mailto:list@example.org',
    'javascript:alert(1)',
    '../0001-process/draft.md',
    'https://example.org/a thread',
    'https://example.org, https://example.net',
    'die Türsprechanlage 🚪',
  ])('%s', (discussion) => {
    const message = `\`${discussion}\` is neither \`repository\` nor an address that begins with \`https://\``;
    const problem = finds(discussionForm, at(`⌖${discussion}`), message);
    expect(problem).toMatchObject({
      hint: 'Write `discussion: repository`, or the address of the thread.',
      endColumn: 13 + discussion.length,
    });
    finds(discussionForm, crlf(at(`⌖${discussion}`)), message);
  });

  test('an address that is hidden by quotes, or by white space', () => {
    const words = 'is neither `repository` nor an address that begins with `https://`';
    finds(discussionForm, at('⌖" https://example.org"'), `\` https://example.org\` ${words}`);
    finds(discussionForm, at('⌖""'), `\`\` ${words}`);
  });

  test.each([
    'repository',
    '"repository"',
    'https://example.org',
    'https://example.org/list/2026/thread?page=2#message-7',
    'https://example.org/Türen',
    'https://[2001:db8::1]:8443/thread',
    "'https://example.org/a:b'",
    '[the mailing list]',
  ])('near miss: %s', (discussion) => passes(discussionForm, at(discussion)));

  test('near miss: an address of another kind elsewhere', () => {
    passes(discussionForm, proposal('discussion: http://example.org', { resolution: 'x' }));
  });
});
