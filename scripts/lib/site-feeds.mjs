// Feeds of a built site: those that heads name are there, each file of XML is well-formed, and each Atom feed keeps the
// rules of RFC 4287. Where its links lead is for site-links.mjs.
import { many } from './site-links.mjs';
import { resolve } from './site-pages.mjs';
import { readXml } from './site-xml.mjs';

const ATOM_TYPE = 'application/atom+xml';

/** @param {import('./site-pages.mjs').Site} site @returns {import('./site-report.mjs').Result} */
export function checkFeeds(site) {
  const findings = [];
  const named = new Set();
  for (const page of site.pages) {
    for (const { tag, attrs } of page.elements) {
      if (tag !== 'link' || attrs.get('type') !== ATOM_TYPE) continue;
      const { file } = resolve(site, attrs.get('href') ?? '', page.path);
      // That it leads nowhere is told by the links.
      if (file === undefined) continue;
      named.add(file);
      if (!isFeed(file)) {
        const todo = 'Name a feed, or another type.';
        findings.push({
          file: page.file,
          what: `It names ${file} as a feed, which is none.`,
          todo,
        });
      }
    }
  }
  const feeds = [...site.files].filter((file) => file.endsWith('.xml'));
  let entries = 0;
  for (const file of feeds) {
    const { root, problems } = feedIn(file);
    for (const what of problems) {
      findings.push({ file, what, todo: 'Mend src/site/atom.ts, or what it is given.' });
    }
    if (root?.name !== 'feed') continue;
    entries += root.children.filter(({ name }) => name === 'entry').length;
    if (!named.has(file)) {
      const todo = `Give one a \`<link rel="alternate" type="${ATOM_TYPE}">\`.`;
      findings.push({ file, what: 'No page names this feed in its head.', todo });
    }
  }
  return {
    counts: `${many(feeds.length, 'feed')} with ${entries === 1 ? '1 entry' : `${entries} entries`}, ${many(named.size, 'feed')} named in heads`,
    findings,
    lines: [],
    figures: { feeds: feeds.length, entries, named: named.size },
  };

  function feedIn(file) {
    const { root, problems } = readXml(site.read(file));
    return root?.name === 'feed' ? { root, problems: feedProblems(root) } : { root, problems };
  }

  /** One that cannot be read is told of by itself. */
  function isFeed(file) {
    return file.endsWith('.xml') && (feedIn(file).root?.name ?? 'feed') === 'feed';
  }
}

/**
 * What of RFC 4287 a feed does not keep, in words.
 * @param {import('./site-xml.mjs').XmlNode} feed
 * @returns {string[]}
 */
export function feedProblems(feed) {
  const problems = [];
  const entries = feed.children.filter(({ name }) => name === 'entry');
  const inheritsAuthor = of(feed, 'author').length > 0;
  for (const [node, where] of [
    [feed, 'The feed'],
    ...entries.map((one, at) => [one, `Entry ${at + 1}`]),
  ]) {
    const report = (what) => problems.push(`${where} ${what}.`);
    for (const name of ['id', 'title', 'updated']) {
      if (of(node, name).length !== 1) report(`has ${of(node, name).length} \`${name}\``);
    }
    for (const name of ['subtitle', 'published', 'rights', 'summary', 'content']) {
      if (of(node, name).length > 1) report(`has more than one \`${name}\``);
    }
    for (const { text } of of(node, 'id')) {
      if (!/^[a-z][a-z0-9+.-]*:[^\s<>"]+$/i.test(text))
        report(`has an id that is no absolute IRI: ${text}`);
    }
    for (const name of ['updated', 'published']) {
      for (const { text } of of(node, name))
        if (!isMoment(text)) report(`has no moment in \`${name}\`: ${text}`);
    }
    if (node !== feed && !inheritsAuthor && of(node, 'author').length === 0)
      report('has no author');
    for (const { children } of of(node, 'author')) {
      if (children.filter(({ name, text }) => name === 'name' && text.trim() !== '').length !== 1) {
        report('has an author without a name');
      }
    }
    for (const { attributes } of of(node, 'category')) {
      if (!attributes.get('term')) report('has a category without a term');
    }
    for (const name of ['title', 'subtitle', 'summary', 'content']) {
      for (const { attributes, children } of of(node, name)) {
        const type = attributes.get('type') ?? 'text';
        if (!['text', 'html'].includes(type))
          report(`has a \`${name}\` of a type that we do not write: ${type}`);
        else if (children.length > 0) report(`has elements in a \`${name}\` of the type ${type}`);
      }
    }
    links(node, report);
  }
  if (of(feed, 'link').filter(({ attributes }) => attributes.get('rel') === 'self').length !== 1) {
    problems.push('The feed does not say once where it is itself.');
  }
  const ids = entries.flatMap((entry) => of(entry, 'id').map(({ text }) => text));
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) {
    problems.push(`The feed has more than one entry with the id ${id}.`);
  }
  const dates = entries.map((entry) => Date.parse(of(entry, 'updated')[0]?.text ?? ''));
  if (dates.some((date, at) => at > 0 && date > dates[at - 1])) {
    problems.push('The feed does not have its newest entry first.');
  }
  if (dates.some((date) => date > Date.parse(of(feed, 'updated')[0]?.text ?? ''))) {
    problems.push('The feed is older than one of its entries.');
  }
  return problems;
}

function links(node, report) {
  const seen = new Set();
  for (const { attributes } of of(node, 'link')) {
    if (!attributes.get('href')) report('has a link that leads nowhere');
    if ((attributes.get('rel') ?? 'alternate') !== 'alternate') continue;
    const kind = `${attributes.get('type') ?? ''} ${attributes.get('hreflang') ?? ''}`.trim();
    if (seen.has(kind)) report(`has two alternate links of one kind: ${kind}`);
    seen.add(kind);
  }
  if (seen.size === 0 && of(node, 'content').length === 0)
    report('has neither content nor an alternate link');
}

function of(node, wanted) {
  return node.children.filter(({ name }) => name === wanted);
}

/** RFC 3339, on a day that there is. */
function isMoment(text) {
  const [, date] =
    /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  const parsed = new Date(`${date}T00:00:00Z`);
  return (
    date !== undefined && !Number.isNaN(Date.parse(text)) && parsed.toISOString().startsWith(date)
  );
}
