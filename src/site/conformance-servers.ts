// What the suite has shown of servers of others behind the adapters of proposal 9, as it is checked in, in the order and the
// words of a page.
import data from '../../content/conformance/servers.json';
import { standing, type Tally } from '../conformance/report.ts';
import type { ServerReport, ServersReport } from '../conformance/servers.ts';
import { proposals, requirementsOf } from './specification.ts';

export const serversReport = data as ServersReport;

const DRIVER_NAMES = { h1: 'HTTP/1.1', h2: 'HTTP/2' } as const;

export interface ServerColumn {
  readonly report: ServerReport;
  /** What heads its column, and names it in a fragment. */
  readonly name: string;
  readonly slug: string;
  readonly protocol: string;
}

export const columns: readonly ServerColumn[] = serversReport.servers.map((report) => {
  const several = serversReport.servers.filter(({ server }) => server === report.server).length > 1;
  const protocol = DRIVER_NAMES[report.driver];
  return {
    report,
    name: several ? `${report.server}, ${protocol}` : report.server,
    slug: `${report.server}-${report.driver}`,
    protocol,
  };
});

export interface ServerCell {
  readonly standing: ReturnType<typeof standing>;
  readonly words: string;
}

export interface ServerGroup {
  readonly slug: string;
  readonly title: string;
  readonly rows: readonly { readonly id: string; readonly cells: readonly ServerCell[] }[];
}

/** The proposals with those of their requirements of which a case ran against one of the servers. */
export const serverGroups: readonly ServerGroup[] = proposals
  .map(({ slug, proposal }) => ({
    slug,
    title: proposal.frontMatter.title,
    rows: requirementsOf(slug)
      .map(({ id }) => ({
        id,
        cells: columns.map(({ report }) => cellOf(report.requirements[id])),
      }))
      .filter(({ cells }) =>
        cells.some((cell) => cell.standing === 'pass' || cell.standing === 'fail'),
      ),
  }))
  .filter(({ rows }) => rows.length > 0);

function cellOf(tally: Tally | undefined): ServerCell {
  const kind = standing(tally);
  const { pass = 0, fail = 0 } = tally ?? {};
  if (kind === 'none') return { standing: kind, words: '–' };
  if (kind === 'skip') return { standing: kind, words: 'Left out' };
  if (kind === 'pass') return { standing: kind, words: `${pass} pass` };
  return { standing: kind, words: `${fail} of ${pass + fail} fail` };
}
