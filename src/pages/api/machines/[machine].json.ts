// The table of one state machine.
import type { APIContext } from 'astro';
import { exportOptions, json } from '../../../site/json.ts';
import { specification } from '../../../site/specification.ts';
import { exportMachines } from '../../../spec/export.ts';

export function getStaticPaths() {
  return exportMachines(specification, exportOptions).map((machine) => ({
    params: { machine: machine.machine },
    props: { machine },
  }));
}

export function GET({ props }: APIContext<{ machine: object }>): Response {
  return json(props.machine);
}
