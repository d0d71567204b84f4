// Takes the rules out of the style sheets behind the build that can match nothing on the site: most of what the shell
// brings is for parts that no page of ours has. A rule goes only where each of its selectors needs a name that stands in
// no page and in no script. Its text is cut out; what stays is not written anew.
import {
  type CssNode,
  generate,
  ident,
  parse,
  type SelectorList,
  type WalkContext,
  walk,
} from 'css-tree';

/** Where the rules that were taken out are kept, for tests/unused-styles.spec.ts: one selector list a line. */
export const TAKEN_OUT = '.cache/unused-styles.txt';

/** What a class, an id, an element or an attribute can be called: any word of a page or a script, prose and all. */
export class Vocabulary {
  /** As they are written. Pages have the same few words. */
  readonly #seen = new Set<string>();
  /** In lower case, because elements and attributes of HTML have no case. */
  readonly #words = new Set<string>();
  /** Without hyphens: `data-in-trace` is `inTrace` in a script. */
  readonly #joined = new Set<string>();
  /** Of names that a script puts together: `'tok-' + kind`, `${id}-tab`. */
  readonly #beginnings = new Set<string>();
  readonly #ends = new Set<string>();

  add(text: string): void {
    for (const whole of text.match(/[\w-]+(?::[\w-]+)*/g) ?? []) {
      if (this.#seen.has(whole)) continue;
      const own = ownCopy(whole);
      this.#seen.add(own);
      const word = own.toLowerCase();
      this.#word(word);
      if (word.includes(':')) for (const part of word.split(':')) this.#word(part);
    }
  }

  #word(word: string): void {
    if (this.#words.has(word)) return;
    this.#words.add(word);
    this.#joined.add(word.replaceAll('-', ''));
    if (/^[a-z].*[-_]$/.test(word)) this.#beginnings.add(word);
    if (/^(-|__).*[a-z]/.test(word)) this.#ends.add(word);
  }

  /** Whether something on the site can have this class, id or element name. */
  has(name: string): boolean {
    // Of a name with other characters than those of words, each word has to be there.
    return [...name.toLowerCase().matchAll(/[\w-]+(?::[\w-]+)*/g)].every(
      ([word]) => this.#words.has(word) || this.#isComposed(word),
    );
  }

  /** Whether something on the site can have this attribute. */
  hasAttribute(name: string): boolean {
    if (this.has(name)) return true;
    const joined = name.toLowerCase().replaceAll('-', '');
    return this.#joined.has(joined) || this.#joined.has(joined.replace(/^data/, ''));
  }

  #isComposed(word: string): boolean {
    for (let at = 1; at < word.length; at += 1) {
      if (this.#beginnings.has(word.slice(0, at)) || this.#ends.has(word.slice(at))) return true;
    }
    return false;
  }
}

/** A part of a string keeps the whole one in memory, and a page is gone when its words are known. */
function ownCopy(part: string): string {
  return Buffer.from(part).toString();
}

/**
 * A sheet without the rules that can match nothing, and the selectors of these. `mayGo` says which rules are looked at, by
 * their selectors.
 */
export function withoutUnused(
  css: string,
  vocabulary: Vocabulary,
  mayGo: (selectors: readonly string[]) => boolean = () => true,
): { css: string; takenOut: string[] } {
  const takenOut: string[] = [];
  const cuts: { from: number; to: number }[] = [];
  const cut = ({ loc }: CssNode) => {
    if (loc) cuts.push({ from: loc.start.offset, to: loc.end.offset });
  };
  const gone = new Set<CssNode>();
  walk(parse(css, { positions: true }), {
    leave(this: WalkContext, node: CssNode) {
      if (node.type === 'Rule') {
        // The steps of keyframes have no selectors. Rules inside a rule may match without it: `:not(&)`.
        if (this.atrule?.name.endsWith('keyframes') || node.prelude.type !== 'SelectorList') return;
        if (node.block.children.some(({ type }) => type !== 'Declaration')) return;
        if (matchesSomething(node.prelude, vocabulary)) return;
        if (!mayGo(node.prelude.children.toArray().map((one) => generate(one)))) return;
        gone.add(node);
        const { start, end } = node.prelude.loc ?? {};
        takenOut.push(css.slice(start?.offset, end?.offset));
        cut(node);
      }
      // Of what stands around rules, a layer has an effect when it is empty: it has its place in their order.
      if (node.type !== 'Atrule' || !node.block || !/^(media|supports|container)$/.test(node.name))
        return;
      if (
        node.block.children.isEmpty ||
        !node.block.children.toArray().every((one) => gone.has(one))
      )
        return;
      gone.add(node);
      cut(node);
    },
  });
  let kept = '';
  let at = 0;
  // An outer cut comes before those in it.
  for (const { from, to } of cuts.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from < at) continue;
    kept += css.slice(at, from);
    at = to;
  }
  return { css: kept + css.slice(at), takenOut };
}

function matchesSomething(list: SelectorList, vocabulary: Vocabulary): boolean {
  return list.children.some((selector) => {
    // What css-tree cannot read.
    if (selector.type !== 'Selector') return true;
    return selector.children.toArray().every((part) => {
      switch (part.type) {
        case 'ClassSelector':
        case 'IdSelector':
          return vocabulary.has(ident.decode(part.name));
        case 'TypeSelector': {
          const name = ident.decode(part.name);
          return name.includes('*') || name.includes('|') || vocabulary.has(name);
        }
        case 'AttributeSelector':
          return vocabulary.hasAttribute(ident.decode(part.name.name));
        case 'PseudoClassSelector': {
          // These need a match in their list. Others do not (`:not`), or say more than a list (`:nth-child`).
          if (!/^(is|where|has)$/i.test(part.name)) return true;
          const argument = part.children?.first;
          return argument?.type !== 'SelectorList' || matchesSomething(argument, vocabulary);
        }
        default:
          return true;
      }
    });
  });
}
