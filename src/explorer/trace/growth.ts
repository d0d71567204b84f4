// Reads a list that grows at its end no more than once. Knows nothing of what is in it.

/** How far a list has been read. */
export class Growth<T> {
  #first: T | undefined;
  #last: T | undefined;
  #count = 0;

  /**
   * Place from which a list is to be read on: 0 where it is not the one of the last call with items added at its end.
   * Takes the list as read.
   */
  from(list: readonly T[]): number {
    const count = this.#count;
    const grown =
      count > 0 &&
      count <= list.length &&
      list[0] === this.#first &&
      list[count - 1] === this.#last;
    this.#first = list[0];
    this.#last = list.at(-1);
    this.#count = list.length;
    return grown ? count : 0;
  }
}
