// What is taken out of a trace: the usual fields, and those that the operator names.

import { expect, test } from 'vitest';
import { traceEvent } from '../../tests/fixtures/trace-events.ts';
import { maskingOf, maskSecrets } from './secrets.ts';

const request = traceEvent({
  payload: {
    preview: 'GET /a?token=abc&page=2&Token=d HTTP/1.1',
    fields: [
      ['Cookie', 'a=b'],
      ['X-Api-Key', 'k'],
      ['accept', '*/*'],
    ],
  },
});

test('security.trace-secrets: the usual fields are masked, and nothing else', () => {
  expect(maskSecrets(request).payload).toEqual({
    preview: request.payload?.preview,
    fields: [
      ['Cookie', '[secret]'],
      ['X-Api-Key', 'k'],
      ['accept', '*/*'],
    ],
  });
});

test('names that are chosen are masked as well, as fields and as parameters of a target', () => {
  expect(maskingOf(['x-api-key', 'token'])(request).payload).toEqual({
    preview: 'GET /a?token=[secret]&page=2&Token=[secret] HTTP/1.1',
    fields: [
      ['Cookie', '[secret]'],
      ['X-Api-Key', '[secret]'],
      ['accept', '*/*'],
    ],
  });
});

test('names that are chosen stay masked where the usual ones are asked for', () => {
  const { payload } = maskingOf(['x-api-key'], false)(request);
  expect(payload?.fields).toEqual([
    ['Cookie', 'a=b'],
    ['X-Api-Key', '[secret]'],
    ['accept', '*/*'],
  ]);
});

test('a name is no pattern', () => {
  expect(maskingOf(['.*'])(request).payload?.preview).toBe(request.payload?.preview);
});

test('an event without secrets stays the same object', () => {
  const event = traceEvent({ payload: { preview: 'GET / HTTP/1.1', fields: [['accept', '*/*']] } });
  expect(maskSecrets(event)).toBe(event);
});
