import { inputsOfEvent, type Specification } from '../../model.ts';
import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest, rowLabel } from '../subjects.ts';

export const machineEventKnown: DraftRule = {
  id: 'machine-event-known',
  group: 'blocks',
  severity: 'error',
  summary:
    'A row of a machine is on an event of its scope, or on a trigger that the block declares.',
  why: 'Whatever else a row is on never comes. An event that goes both ways is named with its direction: `send websocket.message`.',
  wrong: 'triggers: {}\ntransitions:\n  - {on: door.kick, from: shut, stay: true}',
  right: 'triggers: {wind: The wind blows.}\ntransitions:\n  - {on: wind, from: shut, stay: true}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft, { specification }) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, scope, triggers, transitions } = block.value;
      const inputs = inputsOf(specification);
      for (const [index, row] of transitions.entries()) {
        for (const [nth, name] of row.on.entries()) {
          if (Object.hasOwn(triggers, name)) continue;
          const at = () => inBlock(draft.document, block, ['transitions', index, 'on', nth]);
          const scopes = inputs.get(name);
          if (!scopes) {
            const both = inputs.has(`send ${name}`);
            const bare = name.replace(/^(?:send|receive) /, '');
            const meant = inputs.has(bare)
              ? bare
              : nearest(name, [...inputs.keys(), ...Object.keys(triggers)]);
            yield {
              at: at(),
              message: `machine \`${machine}\`: ${rowLabel(row)} names \`${name}\`, which is neither an event nor a trigger`,
              hint: both
                ? `It goes both ways: write \`send ${name}\` or \`receive ${name}\`.`
                : meant
                  ? `Did you mean \`${meant}\`?`
                  : 'Declare it under `triggers`, or define the event.',
            };
          } else if (!scopes.some((type) => scope.includes(type))) {
            yield {
              at: at(),
              message: `machine \`${machine}\`: ${rowLabel(row)} names \`${name}\`, which belongs to the scope type \`${scopes.join('`, `')}\``,
              hint: `The machine is for \`${scope.join('`, `')}\`.`,
            };
          }
        }
      }
    }
  },
};

const indexes = new WeakMap<Specification, ReadonlyMap<string, readonly string[]>>();

/** Name of every input that is an event, and its scope types. Made once for a specification. */
function inputsOf(specification: Specification): ReadonlyMap<string, readonly string[]> {
  let index = indexes.get(specification);
  if (!index) {
    index = new Map(
      [...specification.events.values()].flatMap((event) =>
        inputsOfEvent(event).map((input): [string, readonly string[]] => [input, event.scope]),
      ),
    );
    indexes.set(specification, index);
  }
  return index;
}
