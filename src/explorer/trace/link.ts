// An event in the address of a page: `#t=12`, alone or behind a state that Share has put there (`#s1.…&t=12`). Knows
// nothing of what that state holds.

/** What a part of a fragment is that stays where an event is put into it: a state of Share, or a name with a value. */
const KEPT = /^(?:s\d+\.|[\w-]+=)/;
const EVENT = /^t=([1-9]\d{0,14})$/;

const partsOf = (fragment: string) => fragment.replace(/^#/, '').split('&');

/** Number of the event that a fragment names, the last where it names several. */
export function eventIn(fragment: string): number | undefined {
  const found = partsOf(fragment).findLast((part) => EVENT.test(part));
  return found === undefined ? undefined : Number(found.slice('t='.length));
}

/** A fragment without the event that it names; empty where nothing is left. */
export function withoutEvent(fragment: string): string {
  const rest = partsOf(fragment).filter((part) => part !== '' && !EVENT.test(part));
  return rest.length > 0 ? `#${rest.join('&')}` : '';
}

/** A fragment that names an event. What else it says stays, but for the name of a place on the page. */
export function withEvent(fragment: string, seq: number): string {
  const rest = partsOf(fragment).filter((part) => KEPT.test(part) && !part.startsWith('t='));
  return `#${[...rest, `t=${seq}`].join('&')}`;
}

/** A link to an event of what a page shows; `address` may have a fragment, which goes on. */
export function linkTo(address: string, seq: number): string {
  const at = address.indexOf('#');
  const [page, fragment] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at)];
  return page + withEvent(fragment, seq);
}
