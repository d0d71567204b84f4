// `npm run check:site`: holds what `npm run build` wrote to dist/ to what a site owes its readers: links, valid HTML,
// policies, weight, what its documents say of themselves, valid feeds, and what a browser makes of each kind of page. What
// a reader has to do something for is in tests/*.spec.ts.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { settings } from '../src/site/settings.ts';
import { main, root, Stop } from './lib/project.mjs';
import { checkBrowser } from './lib/site-browser.mjs';
import { checkFeeds } from './lib/site-feeds.mjs';
import { checkHeads } from './lib/site-heads.mjs';
import { checkHtml } from './lib/site-html.mjs';
import { checkLinks } from './lib/site-links.mjs';
import { readSite } from './lib/site-pages.mjs';
import { checkPolicy } from './lib/site-policy.mjs';
import { faults, table } from './lib/site-report.mjs';
import { checkWeight } from './lib/site-weight.mjs';

const checks = {
  links: checkLinks,
  html: checkHtml,
  policy: checkPolicy,
  weight: checkWeight,
  heads: checkHeads,
  feeds: checkFeeds,
  browser: checkBrowser,
};

main(async (args) => {
  const { dist, json, only } = optionsOf(args);
  const site = readSite(dist, { base: settings.base, origin: settings.site });
  const outcomes = [];
  for (const [name, check] of Object.entries(checks)) {
    if (!only.includes(name)) continue;
    const started = performance.now();
    const result = await check(site);
    outcomes.push({ name, seconds: (performance.now() - started) / 1000, ...result });
  }
  const sound = outcomes.every(({ findings }) => findings.length === 0);
  if (json) {
    const pages = site.pages.length;
    console.log(JSON.stringify({ passed: sound, pages, files: site.files.size, checks: outcomes }));
  } else {
    for (const { lines } of outcomes) for (const line of lines) console.log(line);
    for (const line of faults(outcomes)) console.log(line);
    for (const line of table(outcomes)) console.log(line);
  }
  return sound ? 0 : 1;
});

function optionsOf(args) {
  const names = Object.keys(checks);
  try {
    const { values } = parseArgs({
      args,
      options: {
        dist: { type: 'string', default: join(root, 'dist') },
        json: { type: 'boolean', default: false },
        only: { type: 'string', default: names.join(',') },
      },
    });
    const only = values.only.split(',');
    const unknown = only.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      throw new Error(
        `There is no check \`${unknown.join('`, `')}\`: there are ${names.join(', ')}.`,
      );
    }
    return { ...values, only };
  } catch (error) {
    throw new Stop(
      `${error.message}\n\nnpm run check:site [-- --only ${names.join(',')} --json --dist FOLDER]`,
      2,
    );
  }
}
