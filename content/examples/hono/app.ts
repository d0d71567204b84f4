import { Hono } from 'hono';
import { type FetchContext, fromFetch } from 'portway';

const app = new Hono<{ Bindings: FetchContext }>();

app.get('/', (c) => c.text(`Hono over HTTP/${c.env.scope.http_version}\n`));

app.post('/books', async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  return c.json({ id: 1, title }, 201);
});

app.get('/lines', (c) => {
  const lines = ['one\n', 'two\n', 'three\n'];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const line = lines.shift();
      if (line === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(line));
    },
  });
  return c.body(stream);
});

export default fromFetch((request, context) => app.fetch(request, context));
