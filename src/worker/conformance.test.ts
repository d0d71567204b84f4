// worker.as-one: a front and a worker together meet what a gateway has to meet. Every case of the conformance suite, with
// its application behind frames.

import { describe, test } from 'vitest';
import { loadAreas } from '../conformance/cases.ts';
import { DRIVERS } from '../conformance/names.ts';
import { runCase, skipped } from '../conformance/run.ts';
import { inProcess } from '../conformance/target.ts';
import { behindFrames } from './worker.fixture.ts';

/** What frames and a worker change by rule, or the worker of these tests does not do: its reason, and the cases. */
const APART: readonly (readonly [reason: string, cases: RegExp])[] = [
  [
    'worker.after-end; nobody is left who could answer',
    /^http\.closed\.cause: `complete`: an application that (?:returns|fails)|^http\.nothing-after-end: everything is rejected once the gateway has/,
  ],
  [
    'the objects of JavaScript that an event can be made of do not cross',
    /^typescript\.promises: (?:a|an) (?:field|type|revoked|event)|fields are getters|^binding\.no-coercion: events of .* with foreign forms/,
  ],
  ['what is undefined is absent', /\(undefined\) is rejected$/],
  [
    'a file is opened when the front reads the event: an application waits before it changes it',
    /^http\.file\.(?:as-body: what is|lost: )/,
  ],
  [
    'half of a surrogate pair has no form in JSON: event.shape',
    /^http\.field-syntax: .* a field beyond octets/,
  ],
  [
    'a WebSocket message is judged when it is whole',
    /^websocket\.closed\.(?:codes|when|repeats): |^drain\.exit-status: 0: a WebSocket whose peer does not read|^drain\.after-deadline: (?:a WebSocket was closed|the application has ended its part)/,
  ],
  [
    'of what comes in pieces the system takes more than of one write',
    /^closed\.on-send: every event of an committed|^flow\.receive-while-sending: a `receive` resolves|^timeout\.stalled-reader: a peer that takes nothing is given up, though/,
  ],
  ['the outcome `closed` has no words', /^lifespan\.failed: .* raises `Closed`$/],
];

const apart = (name: string) => APART.some(([, cases]) => cases.test(name));

const areas = await loadAreas();

for (const { title, cases } of areas) {
  describe.concurrent(title, () => {
    for (const one of cases) {
      for (const driver of DRIVERS) {
        const target = inProcess(driver, (application) =>
          behindFrames(application, { readsFiles: driver !== 'memory' }),
        );
        if (skipped(one, target) !== undefined) continue;
        if (apart(`${one.requirement}: ${one.title}`)) continue;
        test(`${one.requirement}: ${one.title} [${driver}, behind frames]`, async () => {
          const { outcome, message } = await runCase(one, target);
          if (outcome !== 'pass') throw new Error(`${outcome}: ${message}`);
        });
      }
    }
  });
}
