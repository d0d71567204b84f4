// Gives frames of embedded examples the theme of the page and the height that they tell.

/** Prepares every frame of this page, and begins to listen: one that tells its height gets it. */
export function fitFrames(): void {
  addEventListener('message', ({ data, origin, source }: MessageEvent<unknown>) => {
    const { type, height } = (data ?? {}) as { type?: unknown; height?: unknown };
    if (origin !== location.origin || type !== 'portway:height' || typeof height !== 'number')
      return;
    for (const frame of document.querySelectorAll<HTMLIFrameElement>('.run-here iframe'))
      if (frame.contentWindow === source) frame.style.height = `${height}px`;
  });
  // Behind a summary that is closed nothing has loaded yet: the frame can still be told the theme of the page.
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('.run-here iframe')) {
    const address = new URL(frame.src);
    address.searchParams.set('theme', document.documentElement.dataset.theme ?? 'light');
    frame.src = address.href;
  }
}
