// Fastify as its guide shows it, without a logger, which is its default.

import { fastify } from 'fastify';
import { announce, HELLO, HELLO_TYPE } from './shared.ts';

const app = fastify();
app.get('/hello', async (_request, reply) => {
  reply.type(HELLO_TYPE);
  return HELLO;
});
await app.listen({ host: '127.0.0.1', port: 0 });
announce(app.server.address());
