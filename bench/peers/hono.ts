// Hono on its Node server, as its guide shows it.

import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { announce, HELLO } from './shared.ts';

const app = new Hono();
app.get('/hello', (context) => context.text(HELLO));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, announce);
