// The settings of this copy of the site: its name and where it lives. Everything else follows from them.

export interface Settings {
  readonly name: string;
  /** One sentence, for search engines and link previews. */
  readonly description: string;
  /** Origin that the site is served from, such as `https://example.org`; null until there is one. */
  readonly site: string | null;
  /** Path that the site is served under: begins and ends with a slash. */
  readonly base: string;
  /** Page of the repository on its code host; null until there is one. */
  readonly repository: string | null;
  /** Key for WebContainers, which their maker asks of for-profit production sites; null for none. */
  readonly webContainerKey: string | null;
}

export const settings: Settings = {
  name: 'Portway',
  description:
    'A draft successor to WSGI: an interface between web servers and applications, as a specification that you can run.',
  site: null,
  base: '/',
  repository: null,
  webContainerKey: null,
};
