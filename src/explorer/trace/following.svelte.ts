// Whether a view of a trace goes along with what arrives, or stays where the reader has gone. Knows a view by its
// scrolling alone.

/** How a box is scrolled, in pixels; an element has these. */
export type Scrolled = Pick<HTMLElement, 'scrollTop' | 'clientHeight' | 'scrollHeight'>;

/** Pixels from the end that still are the end: heights are fractions. */
const NEAR = 4;

const overflows = ({ clientHeight, scrollHeight }: Scrolled) => scrollHeight > clientHeight + NEAR;
const atEnd = ({ scrollTop, clientHeight, scrollHeight }: Scrolled) =>
  scrollTop + clientHeight >= scrollHeight - NEAR;

/**
 * Follows from the beginning where it is `live`, else once the reader has gone to the end; who has gone away from there
 * is told how much is new.
 */
export class Following {
  #mode: 'apart' | 'along' | 'away';
  #rows = 0;
  #fresh = $state(0);

  constructor(live: boolean) {
    this.#mode = live ? 'along' : 'apart';
  }

  /** Rows that came since the reader went away from the end. */
  get fresh(): number {
    return this.#fresh;
  }

  /** The reader, or the view itself, has scrolled. */
  scrolled(box: Scrolled): void {
    if (!overflows(box)) return;
    if (atEnd(box)) this.#join();
    else if (this.#mode === 'along') this.#mode = 'away';
  }

  /** There are so many rows now, and the view shows them. */
  grew(rows: number, box: Scrolled): void {
    const more = rows - this.#rows;
    this.#rows = rows;
    if (more <= 0) return;
    if (this.#mode === 'along') box.scrollTop = box.scrollHeight;
    else if (this.#mode === 'away') this.#fresh += more;
  }

  /** The rows are others than before, or shown by another view, and none of them is new. */
  changed(rows: number, box: Scrolled): void {
    this.#rows = rows;
    this.#fresh = 0;
    if (this.#mode === 'along') box.scrollTop = box.scrollHeight;
  }

  /** Goes to the end, at once and without motion, and along from there. */
  toEnd(box: Scrolled): void {
    box.scrollTop = box.scrollHeight;
    this.#join();
  }

  #join(): void {
    this.#mode = 'along';
    this.#fresh = 0;
  }
}
