// A question about words of a proposal, as an issue begins with it: what is quoted, where it stands, and a link. Knows no
// page; whether there is a code host to ask on is for others to say.

/** What a reader has selected, and where it stands. */
export interface Passage {
  /** Four digits. */
  readonly slug: string;
  /** `revision 1`, `the draft of revision 2`, `edition 0.1` */
  readonly text: string;
  /** The requirement that it is in, or the first of several. */
  readonly requirement?: string;
  /** The heading above it, where it is in no requirement. */
  readonly section?: string;
  readonly words: string;
  readonly link: string;
}

/** A quotation has so many characters at most. */
const QUOTED = 500;

export interface Question {
  readonly title: string;
  readonly body: string;
}

/** The issue, in Markdown. */
export function questionAbout({
  slug,
  text,
  requirement,
  section,
  words,
  link,
}: Passage): Question {
  const place = requirement ?? (section === undefined ? `proposal ${slug}` : `“${section}”`);
  const where = requirement === undefined && section === undefined ? '' : `, proposal ${slug}`;
  return {
    title: `Question on ${place}${requirement === undefined ? where : ''}`,
    body: `${quoted(words)}\n\n${capital(place)}${where}, ${text}: ${link}\n`,
  };
}

/** Each line of a quotation behind `> `, cut at the end of a word with a word on it. */
export function quoted(words: string): string {
  const plain = words
    .trim()
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n');
  const cut =
    plain.length <= QUOTED ? plain : `${plain.slice(0, QUOTED).replace(/\s+\S*$/, '')} … (cut)`;
  return cut
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n>\n');
}

/** Where the code host is asked, with the issue filled in: its form for questions, or, where it has none, a plain issue. */
export function questionHref(repository: string, { requirement, ...rest }: Passage): string {
  const { title, body } = questionAbout({
    ...rest,
    ...(requirement !== undefined && { requirement }),
  });
  const fields = new URLSearchParams({
    template: 'question.yml',
    title,
    requirement:
      requirement ?? `${rest.slug}${rest.section === undefined ? '' : ` “${rest.section}”`}`,
    question: body,
    body,
  });
  return `${repository.replace(/\/$/, '')}/issues/new?${fields}`;
}

function capital(text: string): string {
  return /^proposal/.test(text) ? `P${text.slice(1)}` : text;
}
