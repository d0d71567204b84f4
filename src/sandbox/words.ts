// What a sandbox tells the reader, in words: how a run went, what went wrong, and why a runtime is not used.

import type { ScenarioExchange } from '../client/index.ts';
import { type ClientResult, requestLineOf, ScenarioError } from '../client/index.ts';
import { type Diagnosis, ProgramError } from './program.ts';
import { type Failure, RuntimeError, type RuntimeId } from './runtime.ts';
import { type SandboxState, SCENARIO_FILE } from './state.ts';

const PLACES: Readonly<Record<RuntimeId, string>> = {
  page: 'in the page',
  webcontainer: 'in the WebContainer',
  python: 'in Python, in the page',
};

const OUTCOMES: Readonly<Record<ClientResult['outcome'], string>> = {
  complete: 'complete',
  aborted: 'broken off',
  closed: 'closed without a response',
  timeout: 'nothing happened any more',
  left: 'the client left',
  limit: 'too large, the client left',
  interrupted: 'stopped',
};

/** How a run went, in one paragraph. `sent`: how many exchanges the scenario has. */
export function summaryOf(state: SandboxState, runtime: RuntimeId, sent: number): string {
  const { results, events, dropped, lost } = state;
  const outcomes = results.map(({ status, outcome }) => {
    if (outcome === 'complete') return String(status);
    return status === undefined ? OUTCOMES[outcome] : `${status}, ${OUTCOMES[outcome]}`;
  });
  const unsent = sent - results.length;
  const violations = events.filter(({ violation }) => violation).length;
  return [
    `Ran ${PLACES[runtime]}: ${outcomes.join('; ')}.`,
    ...(unsent > 0
      ? [`${counted(unsent, 'request')} ${unsent === 1 ? 'was' : 'were'} not sent.`]
      : []),
    `${counted(events.length + dropped, 'event')}${dropped > 0 ? `, of which ${events.length} ${events.length === 1 ? 'is' : 'are'} shown` : ''}.`,
    ...(violations > 0 ? [`${counted(violations, 'violation')}.`] : []),
    ...(lost > 0
      ? [
          `${counted(lost, 'message')} of the sandbox ${lost === 1 ? 'was' : 'were'} dropped: too many, too large, or not to be read.`,
        ]
      : []),
  ].join(' ');
}

/** How it stands when the last live socket, to a target, is over. */
export function connectionSummary({ events, dropped, lost }: SandboxState, name: string): string {
  const more = lost > 0 ? ` ${counted(lost, 'message')} came too fast to be shown.` : '';
  return `The connection to ${name} is over. ${counted(events.length + dropped, 'event')}.${more}`;
}

/** What is wrong with how an exchange ended, if the client had to leave. */
export function leftBecause(request: ScenarioExchange, result: ClientResult): Diagnosis[] {
  const src = { file: SCENARIO_FILE, line: request.line, column: 1 };
  const line = `\`${requestLineOf(request)}\``;
  if (result.outcome === 'timeout') {
    const message = `Nothing happened for ${counted(request.timeout / 1000, 'second')} after ${line}, so the client left. The application waits for something that does not come, or never ends its response.`;
    return [{ kind: 'limit', message, src }];
  }
  if (result.outcome === 'limit') {
    const message = `The response to ${line} grew past ${Math.floor(result.size / 2 ** 20)} MiB, so the client left.`;
    return [{ kind: 'limit', message, src }];
  }
  return [];
}

export const ENDING = 'Letting the application end';
export const SILENT = 'The application gives no sign of life: is there a loop without an end?';
export const ASKED = 'The application gives no sign of life. It is being ended.';

/** A guest that was silent for so many milliseconds, and was ended. */
export function silence(silent: number, syncing: boolean): readonly [Diagnosis, status: string] {
  const duration = counted(Math.round(silent / 1000), 'second');
  return syncing
    ? [
        { kind: 'runtime', message: `The sandbox did not answer for ${duration}. It was ended.` },
        'The sandbox did not respond, and was ended.',
      ]
    : [
        {
          kind: 'limit',
          message: `The application ran for ${duration} without giving way, as a loop without \`await\` does. It was ended.`,
        },
        'The application did not respond, and was ended.',
      ];
}

/** A guest that was silent for so many milliseconds, was asked to give up, and did. */
export function blocked(silent: number): Diagnosis {
  return {
    kind: 'limit',
    message: `The application ran for ${counted(Math.round(silent / 1000), 'second')} without giving way, so what was under way was given up.`,
  };
}

/** A guest that lives, and in which nothing happened for so many milliseconds. */
export function stuck(still: number): readonly [Diagnosis, status: string] {
  return [
    {
      kind: 'limit',
      message: `Nothing came from the sandbox for ${counted(Math.round(still / 1000), 'second')}, not even that the time was up: the application has changed something that the sandbox needs, such as a method of Array or Promise. It was ended.`,
    },
    'The sandbox did not go on, and was ended.',
  ];
}

/** The note on a guest that was ended while nothing ran in it. */
export function lostAtRest(runtime: RuntimeId): string {
  const cost =
    runtime !== 'webcontainer'
      ? ''
      : ' The WebContainer was ended with it, for nothing else ends a loop in it.';
  return `What ran ${PLACES[runtime]} went on behind its run without giving way, as a loop without \`await\` does, and was ended.${cost} Your edits are kept, and the next run starts anew.`;
}

export const GIVEN_UP: Failure = {
  code: 'given-up',
  message: 'The sandbox was closed.',
  help: '',
  retryable: true,
};

export function retryNote({ message }: Failure): string {
  return `Runs in the page. ${message} To try again, choose WebContainer as the runtime.`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function inWords(error: unknown): string {
  const { message, help } = failureOf(error);
  return `${message} ${help}`.trim();
}

export function failureOf(error: unknown): Failure {
  if (error instanceof RuntimeError) return error.failure;
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    help: '',
    retryable: true,
  };
}

/** Whatever was thrown, as something to show. */
export function diagnose(error: unknown): Diagnosis {
  if (error instanceof ProgramError) return error.diagnosis;
  if (error instanceof ScenarioError) {
    const { line, column, message, hint } = error;
    const text = message.replace(/^line \d+: /, '');
    return {
      kind: 'scenario',
      message: hint && !text.includes(hint) ? `${text} ${hint}` : text,
      src: { file: SCENARIO_FILE, line, column },
    };
  }
  return { kind: 'runtime', message: inWords(error) };
}
