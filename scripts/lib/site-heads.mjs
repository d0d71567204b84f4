// What a document says of itself: language, title, description, address; its headings in order; its images with a text
// and a size. Judges what a reader, a search engine and a screen reader meet; whether it is valid HTML is site-html.mjs.
import { many } from './site-links.mjs';
import { resolve } from './site-pages.mjs';

/** Documents that no reader opens. */
const MACHINERY = new Set(['sandbox/frame.html']);

/** @param {import('./site-pages.mjs').Site} site @returns {import('./site-report.mjs').Result} */
export function checkHeads(site) {
  const findings = [];
  const pages = site.pages.filter(({ file }) => !MACHINERY.has(file));
  const titles = new Map();
  const descriptions = new Map();
  const seen = { headings: 0, images: 0 };

  for (const page of pages) {
    const report = (what, todo) => findings.push({ file: page.file, what, todo });
    const live = page.elements.filter(({ inert }) => !inert);
    const listed = head(page, live, report);
    headings(live, report);
    images(live, report);
    if (!listed.indexed) continue;
    gather(titles, listed.title, page);
    gather(descriptions, listed.description, page);
  }
  for (const [what, values] of [
    ['title', titles],
    ['description', descriptions],
  ]) {
    for (const [value, files] of values) {
      if (files.length === 1) continue;
      findings.push({
        file: files[0],
        what: `The ${what} “${value}” is also that of ${files.slice(1, 4).join(', ')}${files.length > 4 ? ` and ${files.length - 4} more` : ''}.`,
        todo: `Give each page a ${what} of its own.`,
      });
    }
  }
  return {
    counts: `${many(titles.size, 'title')} and ${many(descriptions.size, 'description')} of ${many(pages.length, 'page')}, ${many(seen.headings, 'heading')}, ${many(seen.images, 'image')}`,
    findings,
    lines: [],
    figures: { pages: pages.length, ...seen },
  };

  function head(page, elements, report) {
    const lang = elements.find(({ tag }) => tag === 'html')?.attrs.get('lang');
    if (!lang) report('It does not say its language.', 'Set `lang` on `<html>`.');
    const title = elements
      .find(({ tag, ancestors }) => tag === 'title' && ancestors.at(-1) === 'head')
      ?.text.trim();
    if (!title) report('It has no title.', 'Give its layout a `<title>`.');
    const named = (name) =>
      elements.find(({ tag, attrs }) => tag === 'meta' && attrs.get('name') === name)?.attrs;
    const description = named('description')?.get('content')?.trim();
    if (!description) report('It has no description.', 'Give it a `<meta name="description">`.');

    const address = elements
      .find(({ tag, attrs }) => tag === 'link' && attrs.get('rel') === 'canonical')
      ?.attrs.get('href');
    const isError = /^\d{3}\.html$/.test(page.file);
    const noindex = /\bnoindex\b/.test(named('robots')?.get('content') ?? '');
    let own = true;
    if (address !== undefined) {
      const target = resolve(site, address, page.path);
      own = target.kind === 'inside' && target.file === page.file;
      // A document whose address is another's is a form of that one.
      if (!own && !noindex && !isError) {
        const todo = 'Name its own address, or say `noindex` when it is a form of another page.';
        report(`Its canonical address is another page's, ${address}.`, todo);
      }
    } else if (site.origin !== null && !noindex && !isError) {
      const todo = 'Give it a `<link rel="canonical">`.';
      report(`It names no canonical address, though the site has one (${site.origin}).`, todo);
    }
    return { title, description, indexed: !noindex && !isError && own };
  }

  function headings(elements, report) {
    const all = elements.filter(({ tag }) => /^h[1-6]$/.test(tag));
    seen.headings += all.length;
    const tops = all.filter(({ tag }) => tag === 'h1');
    if (tops.length !== 1) {
      const todo = 'Give it one `<h1>`, which says what the page is.';
      report(`It has ${tops.length === 0 ? 'no' : tops.length} \`<h1>\`.`, todo);
    }
    // The article: what stands beside it has headings of its own.
    const article = all.filter(({ ancestors }) => ancestors.includes('main'));
    let before = 0;
    for (const { tag, text } of article) {
      const level = Number(tag[1]);
      if (level > before + 1) {
        const from = before === 0 ? 'It begins' : `It goes from \`<h${before}>\``;
        report(
          `${from} with \`<${tag}>\`: “${text.trim().slice(0, 60)}”.`,
          'Let headings go down one level at a time.',
        );
      }
      before = level;
    }
  }

  function images(elements, report) {
    for (const { tag, attrs } of elements) {
      if (tag !== 'img') continue;
      seen.images++;
      const shown = `\`<img src="${attrs.get('src') ?? ''}">\``;
      if (!attrs.has('alt'))
        report(`${shown} has no \`alt\`.`, 'Say what it shows; `alt=""` for none.');
      if (!/^\d+$/.test(attrs.get('width') ?? '') || !/^\d+$/.test(attrs.get('height') ?? '')) {
        report(`${shown} has no size.`, 'Set `width` and `height`: the text must not jump.');
      }
    }
  }
}

function gather(values, value, { file }) {
  if (value) values.set(value, [...(values.get(value) ?? []), file]);
}
