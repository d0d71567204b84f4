// Lets parts of a page be loaded late whose style the page has already.

/**
 * Lets parts be loaded whose style the page has already. Astro links the styles of all parts of an island in the page, and
 * leaves addresses of files in the script that are not there (withastro/astro#8329).
 * @returns what ends it
 */
export function passMissingStyles(): () => void {
  const pass = (event: Event) => {
    const { payload } = event as Event & { readonly payload?: unknown };
    if (payload instanceof Error && payload.message.startsWith('Unable to preload CSS'))
      event.preventDefault();
  };
  addEventListener('vite:preloadError', pass);
  return () => removeEventListener('vite:preloadError', pass);
}
