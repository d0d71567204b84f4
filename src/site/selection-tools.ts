// What is offered for selected words of a proposal: a link that leads to them, a question about them, an edit of the place.
// A bundle of its own, which selection-tools-load.ts fetches once there is a selection.
import { pageBlocks, textsIn } from './page-blocks.ts';
import { changeHref, type Place, placeOf, type ShownText, shownText } from './passage.ts';
import { type Passage, questionAbout, questionHref } from './question.ts';
import { SELECTION_KEY } from './selection-key.ts';
import { settings } from './settings.ts';
import styles from './styles/selection-tools.css?inline';
import { textDirective } from './text-directive.ts';

const SHOWN_IN = '.sl-markdown-content';
/** A selection is what it is to be once it has stayed for so long, in milliseconds; a pen or finger tells of no end. */
const SETTLED = 250;
/** Between the words and the tools, and between them and the edge of the window, in CSS pixels. */
const [BESIDE, EDGE] = [10, 8];
/** Letters of a selection that go along: enough to find the paragraph that they are from. */
const MOST_QUOTED = 300;
/** How far below the top of the window a requirement may stand and be the one that is being read, in CSS pixels. */
const READING = 180;

interface Selected extends ShownText, Place {
  readonly range: Range;
}

const bar = document.createElement('div');
bar.className = 'selection-tools';
bar.hidden = true;
bar.setAttribute('role', 'toolbar');
bar.setAttribute('aria-label', 'Selected text');
let shown: Selected | undefined;
/** What somebody is done with: it stays selected, and is offered nothing again. */
let done: Range | undefined;
/** What had the focus before the tools got it. */
let focused: Element | null = null;
let settling: ReturnType<typeof setTimeout> | undefined;
let isPressed = false;

/** What is selected in the text of a proposal; undefined for anything else. */
function selected(): Selected | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  const texts = [...textsIn(range)];
  const [first] = texts;
  const element = first?.parentElement;
  if (!first || !element?.closest(SHOWN_IN) || element.closest('.sandbox, .monaco-editor, dialog'))
    return undefined;
  const text = shownText(first);
  return text && { ...text, ...placeOf(texts), range };
}

function linkTo({ anchor = '', range }: Selected): string {
  const { origin, pathname, search } = location;
  const { blocks, stretch } = pageBlocks(range);
  const directive = stretch ? textDirective(blocks, stretch) : '';
  return `${origin}${pathname}${search}#${anchor}${directive}`;
}

function passage(of: Selected): Passage {
  const { slug, name, requirement, section, range } = of;
  return {
    ...{ slug, text: name, words: range.toString(), link: linkTo(of) },
    ...(requirement !== undefined && { requirement }),
    ...(section !== undefined && { section }),
  };
}

/** In the place of the tools of the text (said.ts). */
function say(words: string): void {
  dispatchEvent(new CustomEvent('portway:say', { detail: words }));
}

function copy(text: string, told: string): void {
  navigator.clipboard.writeText(text).then(
    () => say(told),
    () => say(`The browser does not let this page copy. Here it is: ${text}`),
  );
  finish();
}

function button(name: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = name;
  made.addEventListener('click', act);
  return made;
}

function link(name: string, href: string): HTMLAnchorElement {
  const made = document.createElement('a');
  made.textContent = name;
  made.href = href;
  return made;
}

/** Looks for the words in the page only where somebody is about to follow the link. */
function asked(to: HTMLAnchorElement, hrefOf: () => string): HTMLAnchorElement {
  for (const sign of ['pointerdown', 'focus'])
    to.addEventListener(
      sign,
      () => {
        to.href = hrefOf();
      },
      { once: true },
    );
  return to;
}

function toolsFor(of: Selected): HTMLElement[] {
  const { repository } = settings;
  const ask = () => {
    const { title, body } = questionAbout(passage(of));
    copy(`${title}\n\n${body}`, 'Question copied, with the words and a link to them.');
  };
  return [
    button('Copy link to this text', () => copy(linkTo(of), 'Link to the selected text copied.')),
    repository === null
      ? button('Ask about it', ask)
      : asked(link('Ask about it', repository), () => questionHref(repository, passage(of))),
    of.revision === undefined
      ? link('Propose an edit', changeHref(of, of.anchor))
      : asked(link('Report an erratum', changeHref(of, of.anchor)), () => erratumOf(of)),
  ];
}

/** Where the words are reported as wrong, with them in the address. */
function erratumOf(of: Selected): string {
  const address = new URL(changeHref(of, of.anchor), location.href);
  address.searchParams.set('says', of.range.toString().slice(0, MOST_QUOTED));
  // `v1` with a slash before it, as the link has it without the words.
  return address.href.replace('%2F', '/');
}

/** Below the words, above them, or at the foot of the window: where it covers none of them. */
function put({ range }: Selected): void {
  const words = range.getBoundingClientRect();
  const { width, height } = bar.getBoundingClientRect();
  const below = words.bottom + BESIDE;
  const above = words.top - BESIDE - height;
  const top = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0;
  const last = innerHeight - height - EDGE;
  bar.style.top = `${below <= last ? Math.max(below, top + EDGE) : above >= top ? above : last}px`;
  const left = Math.min(words.left, innerWidth - width - EDGE);
  bar.style.left = `${Math.max(EDGE, left)}px`;
}

function update(): void {
  // Somebody is at work in it; and the focus takes the selection along in some browsers.
  if (bar.contains(document.activeElement)) return;
  const now = isPressed ? undefined : selected();
  if (!now) {
    close();
    return;
  }
  if (done && isSame(done, now.range)) return;
  shown = now;
  const tools = toolsFor(now);
  for (const [index, tool] of tools.entries()) tool.tabIndex = index === 0 ? 0 : -1;
  bar.replaceChildren(...tools);
  bar.hidden = false;
  put(now);
}

function isSame(one: Range, other: Range): boolean {
  return (
    one.compareBoundaryPoints(Range.START_TO_START, other) === 0 &&
    one.compareBoundaryPoints(Range.END_TO_END, other) === 0
  );
}

/** Puts the tools away until something else is selected, or the key is pressed. */
function finish(): void {
  done = shown?.range.cloneRange();
  close();
}

function close(): void {
  if (bar.hidden) return;
  const hadFocus = bar.contains(document.activeElement);
  bar.hidden = true;
  shown = undefined;
  if (hadFocus && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
}

/** To the tools; where nothing is selected, the requirement that is being read is. */
function enter(): void {
  // A selection that a script makes takes the focus away in some browsers.
  done = undefined;
  if (!bar.contains(document.activeElement)) focused = document.activeElement;
  if (!selected()) selectRequirement();
  update();
  const [first] = bar.querySelectorAll<HTMLElement>('a, button');
  if (bar.hidden || !first) {
    say('Select some words of the text first.');
    return;
  }
  first.focus({ preventScroll: true });
}

function selectRequirement(): void {
  const all = [...document.querySelectorAll<HTMLElement>('.requirement')];
  const one =
    document.activeElement?.closest('.requirement') ??
    all.findLast(
      (other) => other.getClientRects().length > 0 && other.getBoundingClientRect().top < READING,
    );
  const sentence = one?.lastElementChild;
  if (sentence) getSelection()?.selectAllChildren(sentence);
}

/** Left and right, to the first and to the last, as in every toolbar. */
function move(event: KeyboardEvent): void {
  const tools = [...bar.querySelectorAll<HTMLElement>('a, button')];
  const at = tools.findIndex((tool) => tool === document.activeElement);
  const to = {
    ArrowRight: (at + 1) % tools.length,
    ArrowLeft: (at + tools.length - 1) % tools.length,
    Home: 0,
    End: tools.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  for (const [index, tool] of tools.entries()) tool.tabIndex = index === to ? 0 : -1;
  tools[to]?.focus({ preventScroll: true });
}

function settle(): void {
  clearTimeout(settling);
  settling = setTimeout(update, SETTLED);
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets.push(sheet);
// Within the landmark of the text, whose words they are.
(document.querySelector('main') ?? document.body).append(bar);

// A press on a tool leaves the selection as it is.
bar.addEventListener('pointerdown', (event) => event.preventDefault());
bar.addEventListener('mousedown', (event) => event.preventDefault());
bar.addEventListener('keydown', move);
document.addEventListener('pointerdown', ({ target, pointerType }) => {
  isPressed = pointerType === 'mouse' && !bar.contains(target as Node);
});
for (const end of ['pointerup', 'pointercancel', 'dragend'])
  document.addEventListener(end, () => {
    isPressed = false;
    settle();
  });
document.addEventListener('selectionchange', () => {
  // The same words, selected anew, are offered the tools anew.
  if (getSelection()?.isCollapsed) done = undefined;
  settle();
});
document.addEventListener(
  'keydown',
  (event) => {
    if (event.key !== 'Escape' || bar.hidden || event.defaultPrevented) return;
    // Not the panel beside the text as well.
    event.preventDefault();
    finish();
  },
  { capture: true },
);
for (const moved of ['scroll', 'resize'])
  addEventListener(moved, () => shown && put(shown), { passive: true });
addEventListener('portway:selection', enter);
document.addEventListener('portway:key', (event) => {
  const { detail } = event as CustomEvent<string>;
  if (detail !== SELECTION_KEY || (event.target as Partial<Element>).closest?.('.sandbox')) return;
  event.preventDefault();
  enter();
});
settle();
