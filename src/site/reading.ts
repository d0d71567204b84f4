// The tools above a text, at work: folds the requirements of other roles to their head, hides what does not bind, says so, and
// keeps the choice for the next page. What was chosen before is in force by the style sheet already (Reading.astro); this
// makes what is hidden findable and opens it where an address or the search of the browser leads into it.
import {
  choiceInWords,
  keep,
  kept,
  ONLY_KEY,
  READER_ROLES,
  ROLE_KEY,
  sectionAround,
} from './reading-choice.ts';

/** What does not bind; an embedded sandbox is told by its class. */
const ASIDE = '[data-informative], .try';
const HEADING = /^H[2-6]$/;

export function offerReading(tools: Element): void {
  const root = document.documentElement;
  const [menu, box] = [tools.querySelector('select'), tools.querySelector('input')];
  const line = tools.nextElementSibling;
  const status = line?.querySelector('output');
  if (!menu || !box || !status) return;
  const requirements = [...document.querySelectorAll<HTMLElement>('.requirement')];
  const asides = [...document.querySelectorAll<HTMLElement>(ASIDE)];

  /** Hidden like this, it is found by the search of the browser; where there is no such thing, the style sheet hides. */
  const hide = (element: Element | null, hidden: boolean) => {
    if (hidden && 'onbeforematch' in root) element?.setAttribute('hidden', 'until-found');
    else element?.removeAttribute('hidden');
    element?.removeAttribute('data-shown');
  };

  const show = (element: Element | null) => {
    element?.removeAttribute('hidden');
    element?.setAttribute('data-shown', '');
  };

  /** Opens what stands around a place. */
  const open = (place: Element | null) => {
    show(place?.closest('.requirement')?.lastElementChild ?? null);
    const aside = place?.closest(ASIDE);
    const blocks = [...(aside?.parentElement?.children ?? [])];
    if (!aside) return;
    const levels = blocks.map(({ tagName }) => (HEADING.test(tagName) ? Number(tagName[1]) : 0));
    for (const block of blocks.slice(...sectionAround(levels, blocks.indexOf(aside))))
      if (block.matches(ASIDE)) show(block);
  };

  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    const wasHidden = target?.closest('[hidden]') ?? target?.querySelector('[hidden]');
    open(target);
    if (wasHidden) target?.scrollIntoView();
  };

  const apply = () => {
    const role = menu.value;
    const only = box.checked;
    root.dataset.reading = role;
    root.toggleAttribute('data-only', only);
    let whole = 0;
    for (const requirement of requirements) {
      const folded = role !== '' && requirement.dataset.role !== role;
      hide(requirement.lastElementChild, folded);
      if (!folded) whole++;
    }
    for (const aside of asides) hide(aside, only);
    const words = choiceInWords(role, only, whole, requirements.length);
    if (status.value !== words) status.value = words;
    openTarget();
  };

  const choose = () => {
    const stay = placeToKeep(tools);
    apply();
    stay();
    keep(ROLE_KEY, menu.value);
    keep(ONLY_KEY, box.checked ? 'yes' : '');
  };

  /** Another page has changed the choice, or this one comes back as it was left. */
  const follow = () => {
    const role = kept(ROLE_KEY);
    const only = Boolean(kept(ONLY_KEY));
    if (role === undefined || (role === menu.value && only === box.checked)) return;
    menu.value = READER_ROLES.some((known) => known === role) ? role : '';
    box.checked = only;
    apply();
  };

  tools.addEventListener('change', choose);
  line?.querySelector('button')?.addEventListener('click', () => {
    menu.value = '';
    box.checked = false;
    choose();
    menu.focus();
  });
  addEventListener('hashchange', openTarget);
  addEventListener('storage', follow);
  addEventListener('pageshow', ({ persisted }) => persisted && follow());
  document.addEventListener('beforematch', ({ target }) => open(target as Element));
  // The reader may have been faster than this script, or another page.
  if (menu.value !== root.dataset.reading || box.checked !== root.hasAttribute('data-only'))
    choose();
  else {
    apply();
    follow();
  }
}

/** Remembers what is at the top of the window; the function that comes back puts it there again, or what stayed of it. */
function placeToKeep(tools: Element): () => void {
  if (tools.getBoundingClientRect().top > 0) return () => undefined;
  const blocks = [...(tools.parentElement?.querySelectorAll('.requirement, .card, [id]') ?? [])]
    .map((block) => ({ block, top: block.getBoundingClientRect().top }))
    .filter(({ top, block }) => top > 0 && block.getClientRects().length > 0);
  return () => {
    const left = blocks.find(({ block }) => block.getBoundingClientRect().height > 0);
    if (left) scrollBy(0, left.block.getBoundingClientRect().top - left.top);
  };
}
