// A trace as a Mermaid sequence diagram, for pages and discussions that draw one. Knows nothing of how it is drawn;
// nothing that a trace carries becomes syntax.

import type { TraceEvent } from '../event.ts';
import { carried, printable } from '../words.ts';
import { conversationsOf } from './conversations.ts';

/** Characters of a diagram that Mermaid takes where nobody has set another limit (`maxTextSize`). */
export const MOST_DIAGRAM = 50_000;

/** Characters of what an event carried that a label shows. */
const LABEL_LENGTH = 80;

const HEAD = `sequenceDiagram
    participant client as Client
    participant gateway as Gateway
    participant app as Application
`;

/** From whom to whom. What stays within a party is a note. */
const ENDS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'client out': ['client', 'gateway'],
  'client in': ['gateway', 'client'],
  'gateway in': ['client', 'gateway'],
  'gateway out': ['gateway', 'client'],
  'app in': ['gateway', 'app'],
  'app out': ['app', 'gateway'],
};

/**
 * A trace as a sequence diagram, conversation after conversation. What the gateway saw of a client that was recorded
 * too is dashed; what broke a requirement ends in a cross. What does not fit is counted in a last note.
 */
export function writeMermaid(events: readonly TraceEvent[], most: number = MOST_DIAGRAM): string {
  let text = HEAD;
  let left = events.length;
  // Room for the note of what is left out.
  const room = most - 100;
  for (const { conn, title, events: own } of conversationsOf(events)) {
    const withClient = own.some(({ lane }) => lane === 'client');
    const name = conn === 0 ? title : `conversation ${conn}, ${title}`;
    let lines = `    Note over client,app: ${label(name)}\n`;
    for (const event of own) {
      lines += lineOf(event, withClient);
      if (text.length + lines.length > room)
        return `${text}    Note over client,app: ${left} more ${left === 1 ? 'event is' : 'events are'} left out\n`;
      text += lines;
      lines = '';
      left--;
    }
  }
  return text;
}

function lineOf(event: TraceEvent, withClient: boolean): string {
  const { lane, dir, type, phase, violation } = event;
  const what = violation ? `breaks ${violation.requirement}, ${carried(event)}` : carried(event);
  const step = phase === 'i' ? type : `${type} ${phase === 'B' ? 'begins' : 'ends'}`;
  const text = `${label(step)} ${label(what)}`.trimEnd();
  const ends = ENDS[`${lane} ${dir}`];
  if (!ends) return `    Note over ${lane}: ${text}\n`;
  const dashed = lane === 'gateway' && withClient;
  const arrow = `${dashed ? '--' : '-'}${violation ? 'x' : '>>'}`;
  return `    ${ends[0]}${arrow}${ends[1]}: ${text}\n`;
}

/** What has no meaning to Mermaid, to Markdown in a label, nor to HTML. */
const PLAIN = /[^\p{L}\p{N} .,/=()_-]/gu;

/** Text for a label: cut, and every character that could mean something as an entity code of its own. */
function label(text: string): string {
  const characters = [...printable(text)];
  const shown =
    characters.length > LABEL_LENGTH ? [...characters.slice(0, LABEL_LENGTH), '…'] : characters;
  return shown.join('').replace(PLAIN, (character) => `#${character.codePointAt(0)};`);
}
