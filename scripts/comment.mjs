// `npm run comment`, in a workflow: puts the report of a pull request into a comment of it. Reads which run it is about
// from the event that the code host wrote, and the report from the file that REPORT names. Needs nothing installed.
import { readFileSync } from 'node:fs';
import { commentBody, putComment } from './lib/comment.mjs';
import { main, Stop } from './lib/project.mjs';

main(async () => {
  const {
    GITHUB_API_URL: api = 'https://api.github.com',
    GITHUB_EVENT_PATH,
    GITHUB_REPOSITORY,
    GITHUB_TOKEN,
    REPORT,
  } = process.env;
  if (!GITHUB_EVENT_PATH || !GITHUB_REPOSITORY || !GITHUB_TOKEN || !REPORT) {
    throw new Stop(
      'This runs in .github/workflows/comment.yml. On a laptop, `npm run check:pr` prints the same.',
      2,
    );
  }
  const report = textOf(REPORT);
  if (report === undefined) {
    console.log('There is no report: the checks ended before one was written.');
    return 0;
  }
  const { workflow_run: run } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8'));
  const done = await putComment({
    api,
    repository: GITHUB_REPOSITORY,
    token: GITHUB_TOKEN,
    run,
    body: commentBody(report, run.html_url),
  });
  console.log(done);
  return 0;
});

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
