// What an embedded sandbox does for the page around it: tells its height, and says what is different in a frame.

/** Begins to tell the page around this one how high it is, in CSS pixels. */
export function inFrame(): void {
  if (!crossOriginIsolated)
    document.querySelector('[data-not-isolated]')?.removeAttribute('hidden');
  const own = document.querySelector<HTMLAnchorElement>('[data-own-page]');
  // What the frame shows is shown there too.
  own?.addEventListener('click', () => {
    own.hash = location.hash;
  });
  if (parent === window) return;
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // Whoever frames the page may know its height.
    parent.postMessage({ type: 'portway:height', height }, '*');
  }).observe(document.body);
}
