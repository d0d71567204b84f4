// Every key of the site, in groups, as the table that the dialog of keys shows. Binds nothing; those of a sandbox are the
// sandbox's own (src/explorer/keys.ts).
import { CONTROL_KEYS, type KeyGroup, keyGroups, keyWords, TRACE_KEYS } from '../explorer/keys.ts';
import { SELECTION_KEY } from './selection-key.ts';

/** A group, and whether its keys are letters and signs that can be switched off. */
export interface SiteKeys extends KeyGroup {
  readonly single: boolean;
}

/** Every key, with those that work everywhere first. */
export function siteKeys(mac: boolean): readonly SiteKeys[] {
  const own = (title: string, rows: KeyGroup['rows']): SiteKeys => ({ title, rows, single: true });
  const sandbox = (group: KeyGroup): SiteKeys => ({ ...group, single: false });
  return [
    own('On every page', [
      { keys: ['/', keyWords('Mod+K', mac)], does: 'search' },
      { keys: ['?'], does: 'this list' },
    ]),
    own('In a proposal', [
      { keys: ['N', 'P'], does: 'the next requirement, the one before' },
      { keys: ['Y'], does: 'copy the address of the requirement' },
      { keys: ['R'], does: 'read as another role' },
      { keys: ['D'], does: 'requirements only, and everything again' },
      {
        keys: [SELECTION_KEY.toUpperCase()],
        does: 'link to, ask about or edit the selected text, or the requirement',
      },
    ]),
    own('Where two revisions are compared', [
      { keys: ['N', 'P'], does: 'the next change, the one before' },
    ]),
    ...[TRACE_KEYS, CONTROL_KEYS, ...keyGroups('monaco', mac)].map(sandbox),
  ];
}
