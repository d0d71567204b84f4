// The comment on a pull request, against a server that answers as the code host does.

import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { commentBody, MARK, putComment } from './comment.mjs';

const servers = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const RUN = {
  head_sha: 'aaa',
  head_branch: 'doors & windows',
  head_repository: { owner: { login: 'stranger' } },
};
const PULL = { number: 7, head: { sha: 'aaa' } };
const OURS = { id: 5, user: { login: 'github-actions[bot]' }, body: `${MARK}\nOld` };

/** A code host with one repository; `asked` is everything that was asked of it. */
async function host({ pulls = [PULL], comments = [] } = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { pathname, searchParams } = new URL(request.url, 'http://host');
    const page = Number(searchParams.get('page') ?? 1);
    asked.push({
      method: request.method,
      path: pathname,
      head: searchParams.get('head'),
      body: text,
    });
    const list = pathname.endsWith('/pulls') ? pulls : comments;
    response.statusCode = request.headers.authorization === 'Bearer secret' ? 200 : 401;
    response.end(
      JSON.stringify(request.method === 'GET' ? list.slice((page - 1) * 100, page * 100) : {}),
    );
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${server.address().port}`;
  const put = (token = 'secret', run = RUN) =>
    putComment({ api, repository: 'a/b', token, run, body: 'New' });
  return { put, writes: () => asked.filter(({ method }) => method !== 'GET'), asked };
}

describe('one comment', () => {
  test('is written where there is none, on the pull request whose last commit was checked', async () => {
    const { put, writes, asked } = await host({
      pulls: [{ number: 6, head: { sha: 'bbb' } }, PULL],
    });
    expect(await put()).toBe('Wrote the comment on pull request 7.');
    expect(asked[0].head).toBe('stranger:doors & windows');
    expect(writes()).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/repos/a/b/issues/7/comments',
        body: '{"body":"New"}',
      }),
    ]);
  });

  test('is brought up to date where there is one, on whatever page', async () => {
    const others = Array.from({ length: 130 }, (_, id) => ({
      id: id + 100,
      user: { login: 'x' },
      body: '',
    }));
    const { put, writes } = await host({ comments: [...others, OURS] });
    expect(await put()).toBe('Changed the comment on pull request 7.');
    expect(writes()).toEqual([
      expect.objectContaining({ method: 'PATCH', path: '/repos/a/b/issues/comments/5' }),
    ]);
  });

  test('of somebody else with our mark in it stays as it is', async () => {
    const { put, writes } = await host({ comments: [{ ...OURS, user: { login: 'stranger' } }] });
    await put();
    expect(writes()).toEqual([expect.objectContaining({ method: 'POST' })]);
  });

  test.each([
    ['went on meanwhile', { pulls: [{ number: 7, head: { sha: 'ccc' } }] }, RUN],
    ['is closed', { pulls: [] }, RUN],
    ['comes from a repository that is gone', {}, { ...RUN, head_repository: null }],
  ])('is not written where the pull request %s', async (_, state, run) => {
    const { put, writes } = await host(state);
    expect(await put('secret', run)).toMatch(/^No open pull request/);
    expect(writes()).toEqual([]);
  });

  test('a refusal is an error that does not tell the token', async () => {
    const { put } = await host();
    await expect(put('wrong')).rejects.toThrow(
      /^GET \/repos\/a\/b\/pulls\?.* was answered with 401$/,
    );
  });
});

describe('what it says', () => {
  test.each([
    ['a mention', 'Hello @everyone', /@everyone/],
    ['an image', '![x](https://example.org/x.png)', /!\[/],
    ['an image as HTML', '<IMG src="https://example.org/x.png">', /<img/i],
    ['a reference', 'Closes #12', /#12/],
    ['a comment that hides', '<!-- x -->', /<!-- x/],
    ['our mark', MARK, new RegExp(`.+${MARK}`, 's')],
  ])('%s in the report stays text', (_, report, forbidden) => {
    expect(commentBody(report, 'https://host/run')).not.toMatch(forbidden);
  });

  test('begins with the mark, ends with where it comes from, and fits', () => {
    const body = commentBody('x'.repeat(100_000), 'https://host/run');
    expect(body.startsWith(`${MARK}\n`)).toBe(true);
    expect(body).toContain('[the checks of this pull request](https://host/run)');
    expect(body.length).toBeLessThan(65_536);
  });
});
