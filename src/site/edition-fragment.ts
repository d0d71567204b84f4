// Carries a fragment that the front page of the specification does not have on to the current edition: `/spec/` with the id
// of a requirement leads to its sentence.

/** Goes on to the document that `whole` links to, where the address names a place that is not on this page. */
export function carryFragment(whole: HTMLAnchorElement): void {
  const carry = () => {
    const place = location.hash.slice(1);
    if (place !== '' && !document.getElementById(place))
      location.replace(`${whole.pathname}#${place}`);
  };
  addEventListener('hashchange', carry);
  carry();
}
