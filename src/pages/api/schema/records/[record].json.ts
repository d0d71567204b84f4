// The JSON Schema of one record.
import type { APIContext } from 'astro';
import { exportOptions, json } from '../../../../site/json.ts';
import { specification } from '../../../../site/specification.ts';
import type { RecordBlock } from '../../../../spec/blocks.ts';
import { recordSchema } from '../../../../spec/generate/index.ts';

export function getStaticPaths() {
  return [...specification.records.values()].map((record) => ({
    params: { record: record.record },
    props: { record },
  }));
}

export function GET({ props: { record } }: APIContext<{ record: RecordBlock }>): Response {
  return json(recordSchema(record, specification, exportOptions.address));
}
