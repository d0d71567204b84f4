// The search dialog: asks Pagefind, which the build wrote beside the pages, and lists what it finds.

interface Found {
  readonly url: string;
  readonly excerpt: string;
  readonly meta: { readonly title?: string };
  readonly sub_results: readonly { url: string; title: string; excerpt: string }[];
}

interface Pagefind {
  init(): Promise<void>;
  /** Null when a later search has overtaken this one. */
  debouncedSearch(
    query: string,
  ): Promise<{ results: readonly { data(): Promise<Found> }[] } | null>;
}

const SHOWN = 8;

class SiteSearch extends HTMLElement {
  readonly #dialog = this.#get('dialog');
  readonly #input = this.#get('input');
  readonly #status = this.#get('[role=status]');
  readonly #list = this.#get('ol');
  #pagefind: Promise<Pagefind> | undefined;

  constructor() {
    super();
    this.#input.addEventListener('input', () => void this.#search());
    this.#dialog.addEventListener('click', (event) => {
      const link = event.target instanceof Element && event.target.closest('a');
      if (link || event.target === this.#dialog) this.#dialog.close();
    });
    this.#load().catch(() => {
      this.#status.textContent =
        'The search index is not there. It is made when the site is built: run a build and its preview.';
    });
    // It is loaded when the dialog is open already: see search-load.ts.
    void this.#search();
  }

  #get<K extends keyof HTMLElementTagNameMap>(selector: K): HTMLElementTagNameMap[K];
  #get<E extends HTMLElement = HTMLElement>(selector: string): E;
  #get(selector: string): HTMLElement {
    const found = this.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`The search has no ${selector}.`);
    return found;
  }

  #load(): Promise<Pagefind> {
    this.#pagefind ??= import(/* @vite-ignore */ this.getAttribute('data-bundle') ?? '').then(
      async (loaded: Pagefind) => {
        await loaded.init();
        return loaded;
      },
    );
    return this.#pagefind;
  }

  async #search(): Promise<void> {
    const query = this.#input.value.trim();
    if (query === '') {
      this.#list.replaceChildren();
      this.#status.textContent = '';
      return;
    }
    const answer = await (await this.#load()).debouncedSearch(query);
    if (answer === null) return;
    const found = await Promise.all(answer.results.slice(0, SHOWN).map((result) => result.data()));
    if (query !== this.#input.value.trim()) return;
    this.#list.replaceChildren(...found.map(item));
    const total = answer.results.length;
    this.#status.textContent =
      total === 0
        ? `Nothing found for “${query}”.`
        : `${total} page${total === 1 ? '' : 's'} found.`;
  }
}

/** A result leads to the nearest heading of its best match, where there is one. */
function item(result: Found): HTMLLIElement {
  const best = result.sub_results.find(({ url }) => /#(?!_top$)/.test(url));
  const link = document.createElement('a');
  link.href = best?.url ?? result.url;
  const title = document.createElement('strong');
  const page = result.meta.title ?? '';
  title.textContent = best && best.title !== page ? `${page} – ${best.title}` : page;
  const excerpt = document.createElement('span');
  // Pagefind escapes the page's text and adds <mark> only.
  excerpt.innerHTML = best?.excerpt ?? result.excerpt;
  link.append(title, excerpt);
  const entry = document.createElement('li');
  entry.append(link);
  return entry;
}

customElements.define('site-search', SiteSearch);
