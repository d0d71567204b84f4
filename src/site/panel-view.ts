// The panel beside a text: it fetches the page of a requirement or a term and shows the part that matters, in a tree of
// its own, so that neither ids nor styles of the two pages meet. It runs no script of what it shows.
import button from './styles/button.css?inline';
import styles from './styles/panel.css?inline';

/** Fetched pages by address. What failed is asked for again. */
const pages = new Map<string, Promise<Document>>();

/** The page that a link is about: that of a requirement, or a term among all. */
function addressOf({ href }: HTMLAnchorElement): URL {
  const url = new URL(href);
  const [, key] = /^#term-(.+)$/.exec(url.hash) ?? [];
  // This file stands in a folder below the root of the site, built or not.
  return key === undefined ? url : new URL(`../terms/#${key}`, import.meta.url);
}

function pageAt({ origin, pathname }: URL): Promise<Document> {
  const address = origin + pathname;
  let page = pages.get(address);
  if (!page) {
    page = fetch(address)
      .then((response) => {
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        return response.text();
      })
      .then((text) => new DOMParser().parseFromString(text, 'text/html'));
    page.catch(() => pages.delete(address));
    pages.set(address, page);
  }
  return page;
}

/** Fetches what a link would show, before it is pressed. */
export function prepare(link: HTMLAnchorElement): void {
  pageAt(addressOf(link)).catch(() => {
    // The press says so.
  });
}

interface Part {
  readonly name: string;
  readonly content: HTMLElement;
}

/** What the panel does without: it runs nothing, has styles of its own, and says its name itself. */
const LEFT_OUT = 'script, style, link, template, iframe, astro-island, .back, .term-entry > h2';

/** The part of a page that is about one thing, ready to stand in another page. */
function partOf(page: Document, address: URL): Part | undefined {
  const id = decodeURIComponent(address.hash.slice(1));
  const part =
    id === '' ? page.querySelector('main .sl-markdown-content') : page.getElementById(id);
  const heading = id === '' ? page.querySelector('h1') : part?.querySelector('h2');
  if (!part || !heading) return undefined;
  const content = document.createElement('div');
  content.className = 'sl-markdown-content';
  content.append(document.importNode(part, true));
  for (const run of content.querySelectorAll('.run-here')) run.replaceWith(linkToRun(run));
  for (const one of content.querySelectorAll(LEFT_OUT)) one.remove();
  for (const link of content.querySelectorAll('a'))
    link.href = new URL(link.getAttribute('href') ?? '', address).href;
  return { name: heading.textContent.replace(/\s+/g, ' ').trim(), content };
}

/** An example runs on its own page, at the event that shows the requirement. */
function linkToRun(run: Element): Element {
  const link = document.createElement('a');
  link.textContent = run.querySelector('summary')?.textContent ?? 'Run here';
  link.href =
    run.querySelector('iframe')?.getAttribute('src')?.replace('/embed/', '/examples/') ?? '';
  const paragraph = document.createElement('p');
  paragraph.append(link);
  return paragraph;
}

const host = document.createElement('div');
const root = host.attachShadow({ mode: 'open' });
root.innerHTML = `<dialog closedby="closerequest" aria-labelledby="name">
  <div class="head">
    <h2 id="name" tabindex="-1" autofocus></h2>
    <p><a>Open as a page</a></p>
    <form method="dialog"><button class="small-button">Close</button></form>
  </div>
  <div role="status"></div>
  <div class="content"></div>
</dialog>`;
const find = <E extends Element>(selector: string) => root.querySelector(selector) as E;
const dialog = find<HTMLDialogElement>('dialog');
const title = find<HTMLElement>('h2');
const asPage = find<HTMLAnchorElement>('a');
const status = find('[role="status"]');
const place = find('.content');
const own = new CSSStyleSheet();
own.replaceSync(button + styles);
root.adoptedStyleSheets = [own];

/** The link that opened it, which gets the focus back. */
let opener: HTMLAnchorElement | undefined;

dialog.addEventListener('close', () => {
  document.documentElement.style.scrollPaddingBottom = '';
  // Who has read on meanwhile stays where that is.
  opener?.focus({ preventScroll: true });
});
document.addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented && !document.querySelector('dialog:modal'))
    dialog.close();
});
// To another part of what it shows.
root.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link === asPage || link.href.split('#')[0] !== asPage.href.split('#')[0]) return;
  const target = root.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView();
});

/** Shows what a link is about beside the text. */
export async function openPanel(link: HTMLAnchorElement): Promise<void> {
  const address = addressOf(link);
  opener = link;
  if (!host.isConnected) document.body.append(host);
  title.textContent = link.getAttribute('aria-label')?.replace(/^About /, '') ?? link.textContent;
  asPage.href = address.href;
  status.textContent = 'Loading …';
  place.replaceChildren();
  if (!dialog.open) dialog.show();
  title.focus();
  try {
    const page = await pageAt(address);
    const part = partOf(page, address);
    if (!part) throw new Error(`${address} has nothing about it`);
    await takeStyles(page);
    if (opener !== link) return;
    title.textContent = part.name;
    place.replaceChildren(part.content);
    status.textContent = '';
  } catch {
    if (opener !== link) return;
    status.textContent =
      'It could not be loaded. Check the connection and press the link again, or open it as a page.';
  }
  dialog.scrollTop = 0;
  uncover(link);
}

/** Sheets of the fetched page, for the panel alone. Nearly all of them are those that this page has loaded already. */
async function takeStyles(page: Document): Promise<void> {
  const wanted = page.querySelectorAll<HTMLLinkElement>(
    'link[rel="stylesheet"]:not([media="print"])',
  );
  await Promise.all(
    [...wanted].map(({ href }) => {
      if (root.querySelector(`link[href="${href}"]`)) return undefined;
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = href;
      return new Promise((resolve) => {
        // Without a style it can still be read.
        link.onload = resolve;
        link.onerror = () => {
          link.remove();
          resolve(undefined);
        };
        dialog.before(link);
      });
    }),
  );
  const inline = [...page.querySelectorAll('style')].map(({ textContent }) => textContent);
  const sheets = [...new Set(inline)].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  root.adoptedStyleSheets = [...sheets, own];
}

/** Scrolls a text that the panel lies over until the link is seen, and lets the browser know how much is covered. */
function uncover(link: HTMLAnchorElement): void {
  const { left, top, height } = dialog.getBoundingClientRect();
  const { right, bottom } = link.getBoundingClientRect();
  if (left >= right) return;
  document.documentElement.style.scrollPaddingBottom = `${height}px`;
  if (bottom > top) scrollBy({ top: bottom - top + 16 });
}
