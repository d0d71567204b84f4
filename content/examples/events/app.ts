import { application, utf8 } from 'portway';

export default application({
  async http(scope, _receive, send) {
    const { cancel } = scope.local;
    const cancelled = new Promise<void>((resolve) => {
      cancel.addEventListener('abort', () => resolve(), { once: true });
    });

    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/event-stream'],
        ['cache-control', 'no-store'],
      ],
    });
    for await (const line of news()) {
      await send({ type: 'http.response.body', data: utf8(`data: ${line}\n\n`) });
    }
    // No more news today. Who reads on is kept waiting.
    await Promise.race([cancelled, new Promise(() => {})]);
    await send({ type: 'http.response.body', data: utf8('data: farewell\n\n') });
  },
});

async function* news(): AsyncGenerator<string> {
  for (const line of ['one', 'two', 'six']) {
    yield line;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
