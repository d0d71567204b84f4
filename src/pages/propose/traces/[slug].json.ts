// The recorded trace of one example, from which the page for proposing draws a figure that an author asks for.
import type { APIRoute } from 'astro';
import { examples } from '../../../site/examples.ts';
import { recordedTrace } from '../../../site/recorded-example.ts';

export function getStaticPaths() {
  return examples.map(({ slug }) => ({ params: { slug } }));
}

export const GET: APIRoute = async ({ params }) =>
  new Response(JSON.stringify(await recordedTrace(params.slug ?? '')), {
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  });
