// One comment on a pull request: what it says, and how it is written or brought up to date. The report was made by the
// code of the pull request, so it is the text of a stranger. Knows the code host's API, and no files.

/** Finds the comment again. */
export const MARK = '<!-- portway: report of the checks -->';
const LIMIT = 60_000;
const AUTHOR = 'github-actions[bot]';

/**
 * The comment for a report. Nobody is called by it, it loads nothing, and it does not pass for another comment of ours.
 * @param {string} report Markdown
 * @param {string} url of the run that made it
 */
export function commentBody(report, url) {
  const text = report
    .replaceAll('<!--', '&lt;!--')
    // A mention, an image and a reference to an issue each need a character that no longer stands where it counts.
    .replace(/@(?=\w)/g, '@\u200b')
    .replaceAll('![', '!\u200b[')
    .replace(/<(?=img|a|picture|source|video|audio)/gi, '&lt;')
    .replace(/#(?=\d)/g, '#\u200b');
  const cut = text.length > LIMIT ? `${text.slice(0, LIMIT)}\n\n…` : text;
  return `${MARK}\n${cut}\n\n---\nWritten by [the checks of this pull request](${url}), which run its own code. \`npm run check:pr\` says the same on a laptop.\n`;
}

/**
 * Writes the comment, or brings it up to date.
 * @param {{ api: string, repository: string, token: string, body: string, run: { head_sha: string, head_branch: string, head_repository: { owner: { login: string } } | null } }} options
 *   run: the run that the comment is about, as the event of the code host has it: not from the report
 * @returns {Promise<string>} what was done
 */
export async function putComment({ api, repository, token, run, body }) {
  const call = caller(api, token);
  const number = await pullRequest(call, repository, run);
  if (number === undefined) return 'No open pull request has this commit as its last one.';
  const comments = `/repos/${repository}/issues/${number}/comments`;
  const own = await find(call, comments, ({ user, body: text }) => {
    // Anybody can write the mark into a comment of their own.
    return user?.login === AUTHOR && text?.startsWith(MARK);
  });
  if (own) await call('PATCH', `/repos/${repository}/issues/comments/${own.id}`, { body });
  else await call('POST', comments, { body });
  return `${own ? 'Changed' : 'Wrote'} the comment on pull request ${number}.`;
}

/** The open pull request whose last commit was checked. The list that the event has is empty for forks. */
async function pullRequest(call, repository, { head_sha, head_branch, head_repository }) {
  if (!head_repository) return undefined;
  const head = encodeURIComponent(`${head_repository.owner.login}:${head_branch}`);
  const found = await find(
    call,
    `/repos/${repository}/pulls?state=open&head=${head}`,
    (pull) => pull.head?.sha === head_sha,
  );
  return found?.number;
}

/** The first of a list, page by page. */
async function find(call, path, wanted) {
  for (let page = 1; ; page++) {
    const separator = path.includes('?') ? '&' : '?';
    const list = await call('GET', `${path}${separator}per_page=100&page=${page}`);
    const found = list.find(wanted);
    if (found || list.length < 100) return found;
  }
}

function caller(api, token) {
  return async (method, path, body) => {
    const response = await fetch(api + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path} was answered with ${response.status}`);
    }
    return response.json();
  };
}
