// Fetches what the specification says, for hovers: events and machines as the site serves them, and the requirements
// that the page has anyway. Loaded with the editor, and asked for at the first hover.

import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import type { EventEntry, MachineEntry, Sources } from './notes.ts';

let loading: Promise<Sources> | undefined;

/** The specification for `noteAt`. `base` is the root of the site. @throws TypeError, Error where it cannot be fetched */
export function loadSources(base: string): Promise<Sources> {
  loading ??= fetchSources(base);
  // What failed to load may load the next time.
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

async function fetchSources(base: string): Promise<Sources> {
  const root = new URL(base, location.href);
  const get = async <T>(name: string): Promise<readonly T[]> => {
    const response = await fetch(new URL(`api/${name}.json`, root));
    if (!response.ok) throw new Error(`${name} could not be loaded: ${response.status}`);
    return (await response.json()) as readonly T[];
  };
  const [events, machines] = await Promise.all([
    get<EventEntry>('events'),
    get<MachineEntry>('machines'),
  ]);
  // A link in a hover has to be absolute.
  const absolute = <T extends { readonly url: string }>(entry: T) => ({
    ...entry,
    url: new URL(entry.url, root).href,
  });
  return {
    events: new Map(events.map((event) => [event.type, absolute(event)])),
    machines: new Map(machines.map((machine) => [machine.machine, absolute(machine)])),
    requirements: REQUIREMENTS,
    requirementUrl: (id) => requirementUrl(id, base),
  };
}

/** The page of a requirement, as an absolute address. */
export function requirementUrl(id: string, base: string): string {
  return new URL(`r/${id}/`, new URL(base, location.href)).href;
}
