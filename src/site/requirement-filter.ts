// The filter above the table of requirements: reads what the address asks for, hides the rows that do not fit, says how
// many are left, and keeps the address in step. Without it the table is whole.
import { keep, kept, ROLE_KEY } from './reading-choice.ts';
import {
  countsOf,
  EVERYTHING,
  FACET_NAMES,
  type Facet,
  type FacetRow,
  fits,
  isEverything,
  queryOf,
  type Wanted,
  wantedIn,
} from './requirement-facets.ts';

interface DrawnRow extends FacetRow {
  readonly element: HTMLTableRowElement;
}

/** Wakes the filter. `tools` has a menu for each facet, a field `q`, an output and a button that shows all. */
export function filterRequirements(tools: HTMLElement, table: HTMLTableElement): void {
  const tool = <E extends HTMLElement>(selector: string): E => {
    const found = tools.querySelector<E>(selector);
    if (!found) throw new Error(`The filter of requirements has no \`${selector}\`.`);
    return found;
  };
  const menu = (name: Facet) => tool<HTMLSelectElement>(`select[name=${name}]`);
  const field = tool<HTMLInputElement>('input[name=q]');
  const status = tool<HTMLOutputElement>('output');
  const all = tool<HTMLButtonElement>('button');
  const bodies = [...table.tBodies];
  const rows: readonly DrawnRow[] = bodies.flatMap((body) =>
    [...body.rows].flatMap((element) => {
      const { role, level, tested, shown, changed } = element.dataset;
      if (role === undefined) return [];
      const proposal = body.dataset.proposal ?? '';
      const facets = { role, level, proposal, tested, shown, changed } as FacetRow['facets'];
      return [{ element, facets, text: textOf(element.cells[0]) }];
    }),
  );
  const known = Object.fromEntries(
    FACET_NAMES.map((name) => [name, [...menu(name).options].map(({ value }) => value)]),
  ) as Record<Facet, string[]>;

  const chosen = (): Wanted => ({
    facets: Object.fromEntries(
      FACET_NAMES.flatMap((name) => (menu(name).value === '' ? [] : [[name, menu(name).value]])),
    ),
    text: field.value,
  });

  const show = (wanted: Wanted) => {
    let left = 0;
    for (const row of rows) {
      const fitting = fits(row, wanted);
      row.element.hidden = !fitting;
      if (fitting) left++;
    }
    for (const body of bodies) {
      const first = body.rows[0];
      const empty = [...body.rows].every((row) => row === first || row.hidden);
      body.hidden = empty;
    }
    for (const name of FACET_NAMES) {
      const counts = countsOf(rows, wanted, name);
      for (const option of menu(name).options)
        if (option.value !== '')
          option.textContent = `${option.dataset.words} (${counts.get(option.value) ?? 0})`;
    }
    status.textContent =
      left === rows.length
        ? `${rows.length} requirements`
        : `${left} of ${rows.length} requirements`;
    all.disabled = isEverything(wanted);
  };

  const fill = ({ facets, text }: Wanted) => {
    for (const name of FACET_NAMES) menu(name).value = facets[name] ?? '';
    field.value = text;
  };

  const write = (wanted: Wanted) => {
    const query = queryOf(wanted, location.search);
    history.replaceState(history.state, '', location.pathname + query + location.hash);
  };

  const follow = () => {
    const wanted = chosen();
    show(wanted);
    write(wanted);
  };

  tools.addEventListener('input', follow);
  menu('role').addEventListener('change', () => keep(ROLE_KEY, menu('role').value));
  all.addEventListener('click', () => {
    keep(ROLE_KEY, '');
    fill(EVERYTHING);
    follow();
    field.focus();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || field.value === '') return;
    event.preventDefault();
    field.value = '';
    follow();
  });

  let wanted = wantedIn(location.search, known);
  const role = kept(ROLE_KEY) ?? '';
  // An address that asks for something is shown as it is: it may have come from somebody else.
  if (isEverything(wanted) && role !== '' && known.role.includes(role))
    wanted = { ...EVERYTHING, facets: { role: role as 'gateway' } };
  fill(wanted);
  show(wanted);
  write(wanted);
  delete document.documentElement.dataset.filtering;
  addEventListener('popstate', () => {
    const asked = wantedIn(location.search, known);
    fill(asked);
    show(asked);
  });
  // The role is one for all pages that are open.
  addEventListener('storage', ({ key }) => {
    const chosen = kept(ROLE_KEY) ?? '';
    if ((key !== ROLE_KEY && key !== null) || (chosen !== '' && !known.role.includes(chosen)))
      return;
    menu('role').value = chosen;
    follow();
  });
}

/** Id and sentence of a row, without the link behind them. */
function textOf(cell: HTMLTableCellElement | undefined): string {
  const link = cell?.querySelector('.in-text')?.textContent ?? '';
  const text = cell?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
  return text.slice(0, text.length - link.trim().length).toLowerCase();
}
