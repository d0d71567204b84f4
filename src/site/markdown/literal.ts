// Writes plain data as a TypeScript literal, on one line where that is short enough to read.

const WIDTH = 72;

/** `custom` may write the value of a key itself. */
export function literal(
  value: unknown,
  custom: (value: unknown, key: string) => string | undefined = () => undefined,
): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => {
    const name = /^[a-z_$][\w$]*$/i.test(key) ? key : quote(key);
    return `${name}: ${custom(member, key) ?? literal(member)}`;
  });
  const line = `{ ${members.join(', ')} }`;
  if (line.length <= WIDTH) return members.length === 0 ? '{}' : line;
  return `{\n${members.map((member) => `  ${member},\n`).join('')}}`;
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
