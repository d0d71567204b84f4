// Middleware for development: an application that does not load or start, or that fails before its response has begun,
// answers with a page that says why. `portway serve` never uses it (security.no-detail-in-500).

import type {
  AnyReceiveEvent,
  AnyScope,
  AnySendEvent,
  Application,
  HttpSendEvent,
  Receive,
  Send,
} from '../interface/index.ts';
import { Misuse } from '../interface/index.ts';
import { errorPage, type Trouble } from './dev-page.ts';

export interface DevelopmentOptions {
  /** Paths in errors are relative to it. */
  readonly folder: string;
  /** An error as the terminal shows it. */
  readonly explain: (error: unknown) => string;
  /** Told of a start that failed, since the gateway never hears of it. */
  readonly report: (line: string) => void;
}

export interface Development {
  readonly application: Application;
  /** From now on every request is answered with this trouble. */
  trouble(trouble: Trouble): void;
}

/** Wraps an application, or what kept it from loading. */
export function inDevelopment(
  loaded: Application | Trouble,
  options: DevelopmentOptions,
): Development {
  const inner = typeof loaded === 'function' ? loaded : undefined;
  let trouble: Trouble | undefined = typeof loaded === 'function' ? undefined : loaded;

  async function lifespan(
    scope: AnyScope,
    receive: Receive<AnyReceiveEvent>,
    send: Send<AnySendEvent>,
  ): Promise<void> {
    let started = false;
    let ready = false;
    let standsIn = false;
    /** Says that it is ready in the application's place. */
    const standIn = async (why?: Trouble): Promise<void> => {
      standsIn = true;
      if (why) {
        trouble = why;
        options.report(`${why.title}:\n${why.text}`);
      }
      if (!started) await receive();
      await send({ type: 'lifespan.ready' });
    };
    const stay = async (): Promise<void> => {
      while ((await receive()).type !== 'lifespan.shutdown');
    };
    const failed = (text: string) => standIn({ title: 'The application could not start', text });

    if (!inner) {
      await standIn();
      return stay();
    }
    const receiving: Receive<AnyReceiveEvent> = () => {
      started = true;
      return receive();
    };
    const sending: Send<AnySendEvent> = (event) => {
      if (event?.type === 'lifespan.failed' && started && !ready && !standsIn)
        return failed(`  ${event.message}`);
      const sent = send(event);
      if (event?.type === 'lifespan.ready')
        sent.then(
          () => (ready = true),
          () => {},
        );
      return sent;
    };
    try {
      await inner(scope, receiving, sending);
      if (!ready && !standsIn) await failed('  it returned before it was ready');
    } catch (error) {
      const declined = nameOf(error) === 'UnsupportedScope' && !standsIn;
      if (ready || declined) throw error;
      if (!standsIn) await failed(options.explain(error));
    }
    if (standsIn) await stay();
  }

  async function answer(send: Send<HttpSendEvent>, shown: Trouble): Promise<void> {
    const data = new TextEncoder().encode(errorPage(shown, options.folder));
    await send({
      type: 'http.response.start',
      status: 500,
      headers: [
        ['content-type', 'text/html; charset=utf-8'],
        ['cache-control', 'no-store'],
        ['content-length', String(data.length)],
      ],
    });
    await send({ type: 'http.response.body', data });
    await send({ type: 'http.response.end' });
  }

  return {
    trouble: (next) => {
      trouble = next;
    },
    application: async (scope, receive, send) => {
      if (scope.type === 'lifespan') return lifespan(scope, receive, send);
      if (trouble) return answer(send as Send<HttpSendEvent>, trouble);
      let begun = false;
      const sending: Send<AnySendEvent> = (event) => {
        const sent = send(event);
        if (BEGINS.has(event?.type) && !begun) {
          begun = true;
          // What was rejected has begun nothing.
          sent.catch((error) => {
            if (nameOf(error) === 'Misuse') begun = false;
          });
        }
        return sent;
      };
      try {
        await (inner as Application)(scope, receive, sending);
        if (scope.type === 'http' && !begun && !scope.local.cancel.aborted)
          throw new Misuse('http.finish', 'the application returned before its response was over');
      } catch (error) {
        if (begun || scope.type !== 'http' || QUIET.has(nameOf(error) ?? '')) throw error;
        const title = `${scope.method} ${scope.target} failed`;
        // Whoever has left gets no page.
        await answer(send as Send<HttpSendEvent>, { title, text: options.explain(error) }).catch(
          () => {},
        );
        throw error;
      }
    },
  };
}

/** With these there is a response, or never will be. */
const BEGINS: ReadonlySet<unknown> = new Set(['http.response.start', 'http.refuse']);
const QUIET: ReadonlySet<string> = new Set(['Closed', 'UnsupportedScope']);

function nameOf(error: unknown): string | undefined {
  const name = (error as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}
