// Reads the options of a measurement: what is wrong with them is one line, followed by the usage.

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * The options of this process by their description. Prints the usage and ends with 0 where `--help` is among them, and
 * with 2 where they are not understood.
 * @param check says what is wrong with values that are well-formed, if anything is
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(
  options: T,
  usage: string,
  check: (values: Values<T>) => string | undefined,
): Values<T> {
  try {
    const { values } = parseArgs({
      options: { ...options, help: { type: 'boolean', short: 'h' } } as T,
    });
    if ((values as { help?: boolean }).help) {
      console.log(usage);
      process.exit(0);
    }
    const problem = check(values);
    if (problem !== undefined) throw new TypeError(problem);
    return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message.split('\n')[0]}\n\n${usage}`);
    process.exit(2);
  }
}

type Values<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T }>
>['values'];
