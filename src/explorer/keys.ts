// The keys of a sandbox, as tables that dialogs and helps show and a test compares. Binds nothing.

export interface KeyGroup {
  readonly title: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly does: string }[];
}

const WORDS: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' };

/** A key combination in the words of the reader's platform. `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function keyWords(combination: string, mac: boolean): string {
  return combination
    .split(' ')
    .map((chord) => {
      const keys = chord.split('+');
      return mac
        ? keys.map((key) => WORDS[key] ?? key).join('')
        : keys.map((key) => (key === 'Mod' ? 'Ctrl' : key)).join('+');
    })
    .join(' ');
}

/** Every key of the file view, in groups. */
export function keyGroups(editor: 'monaco' | 'plain' | 'static', mac: boolean): KeyGroup[] {
  const row = (combinations: string | readonly string[], does: string) => ({
    keys: [combinations].flat().map((combination) => keyWords(combination, mac)),
    does,
  });
  const files: KeyGroup = {
    title: 'On the tabs of the files',
    rows: [
      row(['←', '→'], 'the file beside'),
      row(['Home', 'End'], 'the first file, the last'),
      ...(editor === 'static'
        ? []
        : [row('F2', 'rename the file'), row('Delete', 'delete the file')]),
    ],
  };
  if (editor === 'static') return [files];
  if (editor === 'plain') {
    return [
      { title: 'In the editor', rows: [row('Mod+Enter', 'run'), row('Tab', 'leave the editor')] },
      files,
    ];
  }
  return [
    {
      title: 'In the editor',
      rows: [
        row('Mod+Enter', 'run'),
        // Monaco takes ⌃⇧M on a Mac and Ctrl+M elsewhere.
        row(
          mac ? 'Ctrl+Shift+M' : 'Ctrl+M',
          'let Tab leave the editor; the same again: let it indent',
        ),
        row('Shift+Alt+F', 'format the file'),
        row(['F8', 'Shift+F8'], 'the next problem, the one before'),
        row('F12', 'go to where the name is defined'),
        row('F2', 'rename the name'),
        row('Ctrl+Space', 'suggest what can stand here'),
        row('Mod+K Mod+I', 'explain what the cursor is on'),
        row('Mod+F', 'find'),
        row('F1', 'all commands'),
      ],
    },
    files,
  ];
}

/** In the table of a trace, its sequence and on its slider. */
export const TRACE_KEYS: KeyGroup = {
  title: 'In a trace',
  rows: [
    { keys: ['J', '↓'], does: 'the next event' },
    { keys: ['K', '↑'], does: 'the event before' },
    { keys: ['Home', 'End'], does: 'the first event, the last' },
    { keys: ['N', 'Shift+N'], does: 'the next violation or injected fault, the one before' },
    { keys: ['P'], does: 'pin the event, to compare another with it' },
    { keys: ['Esc'], does: 'close the event' },
  ],
};

/** While a run is controlled. */
export const CONTROL_KEYS: KeyGroup = {
  title: 'While a run is controlled',
  rows: [
    { keys: ['P'], does: 'stop before the next event' },
    { keys: ['S'], does: 'let one event go' },
    { keys: ['R'], does: 'let everything go' },
  ],
};
