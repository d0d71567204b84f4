// Fragments of addresses: what they name. Knows no page.

/** What a fragment with its `#` names, without a text directive; empty where it is not written as an address has to be. */
export function namedBy(fragment: string): string {
  try {
    return decodeURIComponent(fragment.replace(/^#/, '')).replace(/:~:.*$/s, '');
  } catch {
    return '';
  }
}
