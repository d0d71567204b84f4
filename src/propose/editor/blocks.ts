// The shapes that an author is offered while writing a proposal, with places to fill in as Monaco writes them:
// `${1:name}`. What they may hold is in src/spec/blocks.ts.

export interface Shape {
  readonly name: string;
  readonly means: string;
  readonly text: string;
}

function block(kind: string, ...lines: string[]): string {
  return `\`\`\`${kind}\n${lines.join('\n')}\n\`\`\`\n`;
}

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: places to fill in are written like that. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'r[…]',
    means: 'a requirement: its id, then one sentence with one keyword',
    text: 'r[${1:subject.what}]\nThe ${2|gateway,application|} ${3|MUST,MUST NOT,SHOULD,SHOULD NOT,MAY|} ${4:do this}.\n',
  },
  {
    name: 'event',
    means: 'an event of the interface, with its fields and an example',
    text: block(
      'event',
      'type: ${1:subject.name}',
      'direction: ${2|send,receive,both|}',
      'scope: [${3:http}]',
      'summary: "${4:What it says.}"',
      'requirement: ${5:subject.what}',
      'fields:',
      '  ${6:name}: {type: ${7|string,integer,boolean,bytes|}, text: "${8:What it holds.}"}',
      'example: {type: $1}',
    ),
  },
  {
    name: 'record',
    means: 'a shape that fields of events share',
    text: block(
      'record',
      'record: ${1:name}',
      'summary: "${2:What it stands for.}"',
      'fields:',
      '  ${3:name}: {type: ${4|string,integer,boolean,bytes|}, text: "${5:What it holds.}"}',
    ),
  },
  {
    name: 'machine',
    means: 'a state machine, with a row for each transition',
    text: block(
      'machine',
      'machine: ${1:subject.name}',
      'summary: "${2:What it keeps track of.}"',
      'scope: ${3:http}',
      'initial: ${4:idle}',
      'states: {$4: "${5:Nothing has happened.}", ${6:done}: "${7:All is said.}"}',
      'final: [$6]',
      'triggers: {}',
      'guards: {}',
      'actions: {}',
      'transitions:',
      '  - {on: ${8:subject.name}, from: $4, to: $6, requirement: ${9:subject.what}}',
    ),
  },
  {
    name: 'feature',
    means: 'what a gateway may offer and an application may ask for',
    text: block(
      'feature',
      'feature: ${1:subject.name}',
      'revision: 1',
      'summary: "${2:What it lets an application do.}"',
      'requirement: ${3:subject.what}',
      'default: ${4|false,true|}',
    ),
  },
  {
    name: 'try',
    means: 'an example of the site, which runs in the page',
    text: block('try', 'example: ${1:hello}', 'caption: "${2:What it shows.}"'),
  },
  {
    name: 'sequence',
    means: 'a figure of what an example’s recorded trace has',
    text: block('sequence', 'example: ${1:hello}', 'caption: "${2:What it shows.}"'),
  },
  {
    name: 'retired',
    means: 'ids that are out of use: renamed, or gone with the reason',
    text: block('retired', '- {id: ${1:old.name}, alias: ${2:new.name}}'),
  },
  {
    name: 'untested',
    means: 'requirements that no test can show, with the reason',
    text: block(
      'untested',
      '- {requirement: ${1:subject.what}, reason: "${2:Why no test can show it.}"}',
    ),
  },
];
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above. */
