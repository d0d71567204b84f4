import { registerOf } from '../../register.ts';
import type { LibraryRule } from '../rule.ts';
import { missingRevisions, placeIn } from '../subjects.ts';

export const registerCurrent: LibraryRule = {
  id: 'register-current',
  group: 'published',
  severity: 'error',
  summary: '`requirements.json` says what the proposals say.',
  why: 'It is the register of every id that ever was: level, role, checksum, where it first stood and where it last changed. It is generated; `npm run spec` writes it.',
  wrong: '"door.opens": {"level": "SHOULD", …} where the text says MUST',
  right: '"door.opens": {"level": "MUST", …}',
  language: 'json',
  *checkLibrary(library) {
    const { register, published } = library;
    if (!register?.value || !published) return;
    // Written anew without it, the register would forget what it knows of a revision that is missing.
    if (missingRevisions(library).size > 0) return;
    const known = register.value;
    const expected = registerOf(library);
    const ids = [...new Set([...Object.keys(expected), ...Object.keys(known)])];
    const stale = ids.filter((id) => JSON.stringify(expected[id]) !== JSON.stringify(known[id]));
    if (stale.length === 0) return;
    const some = stale.slice(0, 3).map((id) => `\`${id}\``);
    yield {
      at: placeIn(register, ...stale.filter((id) => Object.hasOwn(known, id)).slice(0, 1)),
      message: `the register is not what the proposals say of ${some.join(', ')}${stale.length > 3 ? ` and ${stale.length - 3} others` : ''}`,
      hint: 'Run `npm run spec`.',
    };
  },
};
