import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, whole } from '../testing-blocks.ts';
import { eventFeatureKnown } from './event-feature-known.ts';

const FEATURE =
  '```feature\nfeature: door.loudly\nrevision: 1\nsummary: Slams.\nrequirement: door.opens\ndefault: false\n```\n';
const event = (feature: string) =>
  DOOR_EVENT.replace('summary:', `feature: ${feature} # Ä\nsummary:`);
const message = (feature: string) =>
  `event \`door.push\` belongs to the feature \`${feature}\`, which no proposal defines`;

describe('event-feature-known', () => {
  test('its words', () =>
    keepsItsWord(eventFeatureKnown, (yaml) => FEATURE + whole('event', yaml)));

  test.each([
    ['a misspelt one', 'door.loud', 'Did you mean `door.loudly`?'],
    ['one that is like no other', 'x', 'Define it in a `feature` block.'],
    ['the name of a property of every object', 'constructor', 'Define it in a `feature` block.'],
  ])('%s', (_, name, hint) => {
    const text = proposal(FEATURE + event(`⌖${name}`));
    expect(finds(eventFeatureKnown, text, message(name)).hint).toBe(hint);
    finds(eventFeatureKnown, crlf(text), message(name));
  });

  test('a feature that cannot be read, or that only the template has', () => {
    const text = FEATURE.replace('default: false', '') + event('⌖door.loudly');
    finds(eventFeatureKnown, proposal(text), message('door.loudly'), {
      beside: [['proposals/0000-template/draft.md', proposal(FEATURE)]],
    });
  });

  test.each([
    ['no feature', DOOR_EVENT],
    ['a feature that is defined before it', FEATURE + event('door.loudly')],
    ['a feature that is defined behind it', event('door.loudly') + FEATURE],
  ])('near miss: %s', (_, text) => passes(eventFeatureKnown, proposal(text)));

  test('near miss: a feature of another proposal', () => {
    passes(eventFeatureKnown, proposal(event('door.loudly')), {
      beside: [['proposals/0043-noise/draft.md', proposal(FEATURE, { proposal: '43' })]],
    });
  });
});
