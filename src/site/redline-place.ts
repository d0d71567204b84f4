// Keeps the place in a text while a reader goes from one revision to another: links to the others carry the fragment of
// the address. Says so where the place does not exist here. Part of every proposal's page, so it is short.

export function keepPlace(): void {
  const keep = () => {
    const place = location.hash.slice(1);
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-place]'))
      link.hash = place;
    const status = document.querySelector('.revisions [role=status]');
    if (status)
      status.textContent =
        /^[a-z][\w.-]*$/.test(place) && !document.getElementById(place)
          ? `There is no “${place}” in this text.`
          : '';
  };
  addEventListener('hashchange', keep);
  keep();
}
