// How a revision of a proposal is cited, as plain text and as BibTeX. Takes words, and knows nothing of pages.

export interface CitedText {
  /** Four digits. */
  readonly slug: string;
  readonly title: string;
  readonly authors: readonly string[];
  /** `revision 1`, `draft of revision 2` */
  readonly revision: string;
  /** `v1` or `draft`. */
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly date?: string;
  /** Whole address; absent where the site has no origin yet. */
  readonly url?: string;
  /** Of the specification. */
  readonly series: string;
}

/** `The Portway editors, “HTTP”, Portway proposal 0003, revision 1, 23 November 2026. https://…` */
export function plainCitation(text: CitedText, dayInWords: (date: string) => string): string {
  const { authors, title, series, slug, revision, date, url } = text;
  const parts = [
    authors.join(', '),
    `“${title}”`,
    `${series} proposal ${slug}`,
    revision,
    ...(date === undefined ? [] : [dayInWords(date)]),
  ];
  return `${parts.join(', ')}.${url === undefined ? '' : ` ${url}`}`;
}

/** One requirement, as it is cited in a message or a commit: `text` is its Markdown, `date` that of the draft. */
export interface CitedRequirement extends Pick<CitedText, 'series' | 'slug' | 'date'> {
  readonly id: string;
  readonly text: string;
}

/** `Portway 0003 (draft 2026-11-23), http.start-once: The gateway MUST …` */
export function requirementCitation({ series, slug, date, id, text }: CitedRequirement): string {
  const sentence = text.replaceAll('`', '').replace(/\[([a-z][\w.-]+)\]/g, '$1');
  return `${series} ${slug} (draft${date === undefined ? '' : ` ${date}`}), ${id}: ${sentence}`;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** An entry of the kind `techreport`. */
export function bibtex(text: CitedText): string {
  const { authors, title, series, slug, revision, name, date, url } = text;
  const [year, month] = date?.split('-') ?? [];
  const fields = [
    // Names of groups are one name, and not a first and a last one.
    ['author', authors.map((author) => (/\s/.test(author) ? `{${author}}` : author)).join(' and ')],
    ['title', `{${title}}`],
    ['institution', series],
    ['type', 'Proposal'],
    ['number', slug],
    ['note', revision],
    ['year', year],
    ['month', undefined],
    ['url', url],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`  ${key} = {${escaped(value)}},`]));
  const monthName = MONTHS[Number(month) - 1];
  if (monthName !== undefined) fields.push(`  month = ${monthName},`);
  const key = `${series.toLowerCase().replace(/\W+/g, '')}-${slug}-${name}`;
  return `@techreport{${key},\n${fields.join('\n')}\n}`;
}

/** Characters that mean something to TeX. Braces are ours. */
function escaped(value: string): string {
  return value.replace(/[&%$#_]/g, '\\$&');
}
