// The JSON Schema of one event.
import type { APIContext } from 'astro';
import { exportOptions, json } from '../../../site/json.ts';
import { specification } from '../../../site/specification.ts';
import type { EventBlock } from '../../../spec/blocks.ts';
import { eventSchema } from '../../../spec/generate/index.ts';

export function getStaticPaths() {
  return [...specification.events.values()].map((event) => ({
    params: { event: event.type },
    props: { event },
  }));
}

export function GET({ props: { event } }: APIContext<{ event: EventBlock }>): Response {
  return json(eventSchema(event, specification, exportOptions.address));
}
