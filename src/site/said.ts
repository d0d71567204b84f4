// Says in passing what was done: on the lower edge of the window for those who see, as a status for those who hear.

let said: HTMLElement | undefined;
let fading: ReturnType<typeof setTimeout> | undefined;

/** How long it stands, in milliseconds. */
const STANDS = 5000;

/** Makes the place for it: what is there before it has words is heard. */
export function prepareToSay(): void {
  if (said) return;
  said = document.createElement('p');
  said.role = 'status';
  said.className = 'announced';
  document.body.append(said);
}

/** Says what bundles that come later ask for with `portway:say`: there is one place for it. */
export function hearSaid(): void {
  addEventListener('portway:say', (event) => say((event as CustomEvent<string>).detail));
}

/** `more` is heard and not seen. */
export function say(words: string, more = ''): void {
  prepareToSay();
  const heard = document.createElement('span');
  heard.className = 'sr-only';
  heard.textContent = more && ` ${more}`;
  said?.replaceChildren(words, heard);
  clearTimeout(fading);
  fading = setTimeout(() => said?.replaceChildren(), STANDS);
}
