// The specification as data for programs: what the site serves below `/api/` and what `portway spec export` writes.
// Pure: values in, values out.

import {
  type Address,
  eventSchema,
  type JsonSchema,
  recordSchema,
} from './generate/json-schema.ts';
import { featuresOf } from './generate/shape.ts';
import { oneLine } from './generate/typescript.ts';
import type { Register } from './lint/rule.ts';
import type { Level, Origin, ProposalType, Role, Specification, Status } from './model.ts';
import { proposalSlug } from './model.ts';
import {
  eventAnchor,
  eventSchemaPath,
  featureAnchor,
  machineAnchor,
  machineTablePath,
  proposalPath,
  recordSchemaPath,
  requirementPath,
} from './paths.ts';

export type { Address, JsonSchema };

/** When a requirement first stood in a published revision, and when its text last changed. Null while it has not. */
export interface History {
  readonly since: string | null;
  readonly changed: string | null;
}

/** What is known of requirements beside their text. What is not given is not known. */
export interface Knowledge {
  /** Files of the tests that hold implementations to a requirement. */
  readonly tests?: (id: string) => readonly string[];
  /** Slugs of the examples that show it. */
  readonly examples?: (id: string) => readonly string[];
  readonly history?: (id: string) => History | undefined;
}

/** What the register knows of a requirement. */
export function historyIn(register: Register, id: string): History | undefined {
  const entry = Object.hasOwn(register, id) ? register[id] : undefined;
  return entry && { since: entry.since ?? null, changed: entry.changed ?? null };
}

export interface ExportOptions {
  /** Makes addresses of paths of the site. */
  readonly address: Address;
  readonly knowledge?: Knowledge;
}

export interface ProposalExport {
  readonly number: number;
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly status: Status;
  readonly type: ProposalType;
  readonly revision: number;
  readonly created: string;
  readonly requires: readonly number[];
  readonly authors: readonly string[];
  readonly url: string;
  /** How many it defines. */
  readonly requirements: number;
}

export function exportProposals(
  { proposals }: Specification,
  { address }: ExportOptions,
): readonly ProposalExport[] {
  return proposals.map(({ frontMatter, requirements }) => {
    const slug = proposalSlug(frontMatter.proposal);
    return {
      number: frontMatter.proposal,
      slug,
      title: frontMatter.title,
      summary: frontMatter.summary,
      status: frontMatter.status,
      type: frontMatter.type,
      revision: frontMatter.revision,
      created: frontMatter.created,
      requires: frontMatter.requires ?? [],
      authors: frontMatter.authors,
      url: address(proposalPath(slug)),
      requirements: requirements.length,
    };
  });
}

export interface RequirementExport extends History {
  readonly id: string;
  readonly level: Level;
  readonly role: Role;
  readonly proposal: string;
  readonly revision: number;
  readonly text: string;
  /** Where it stands in its proposal. */
  readonly url: string;
  /** A page of its own, which stays where it is when the text moves. */
  readonly page: string;
  readonly tests: readonly string[];
  readonly examples: readonly string[];
}

export function exportRequirements(
  { requirements }: Specification,
  { address, knowledge = {} }: ExportOptions,
): readonly RequirementExport[] {
  return [...requirements.values()].map(({ id, level, role, slug, revision, text }) => {
    const { since = null, changed = null } = knowledge.history?.(id) ?? {};
    return {
      id,
      level,
      role,
      proposal: slug,
      revision,
      text: oneLine(text),
      url: address(proposalPath(slug, id)),
      page: address(requirementPath(id)),
      tests: knowledge.tests?.(id) ?? [],
      examples: knowledge.examples?.(id) ?? [],
      since,
      changed,
    };
  });
}

/** Where a block is. */
interface Place {
  readonly proposal: string;
  readonly revision: number;
  readonly url: string;
}

export function exportEvents({ events }: Specification, { address }: ExportOptions) {
  return [...events.values()].map((event) => ({
    ...placed(event, address, eventAnchor(event.type)),
    schema: address(eventSchemaPath(event.type)),
  }));
}

export function exportMachines({ machines }: Specification, { address }: ExportOptions) {
  return [...machines.values()].map((machine) =>
    placed(machine, address, machineAnchor(machine.machine)),
  );
}

/** The `revision` is that of the feature, not of its proposal. */
export function exportFeatures(specification: Specification, { address }: ExportOptions) {
  return featuresOf(specification).map(({ feature, slug }) => ({
    ...feature,
    events: [...specification.events.values()]
      .filter((event) => event.feature === feature.feature)
      .map(({ type }) => type),
    proposal: slug,
    url: address(proposalPath(slug, featureAnchor(feature.feature))),
  }));
}

function placed<T extends Origin>(
  { slug, revision, file: _file, line: _line, ...block }: T,
  address: Address,
  anchor: string,
): Omit<T, keyof Origin> & Place {
  return { ...block, proposal: slug, revision, url: address(proposalPath(slug, anchor)) };
}

/** Every file by its path, as it is below the root of the site: `/api/events.json` and so on. */
export function exportFiles(
  specification: Specification,
  options: ExportOptions,
): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['/api/proposals.json', exportProposals(specification, options)],
    ['/api/requirements.json', exportRequirements(specification, options)],
    ['/api/events.json', exportEvents(specification, options)],
    ['/api/features.json', exportFeatures(specification, options)],
    ['/api/machines.json', exportMachines(specification, options)],
    ...exportMachines(specification, options).map((machine): [string, unknown] => [
      machineTablePath(machine.machine),
      machine,
    ]),
    ...exportSchemas(specification, options),
  ]);
}

/** The JSON Schema of every event and every record, by path. */
export function exportSchemas(
  specification: Specification,
  { address }: ExportOptions,
): ReadonlyMap<string, JsonSchema> {
  return new Map([
    ...[...specification.events.values()].map((event): [string, JsonSchema] => [
      eventSchemaPath(event.type),
      eventSchema(event, specification, address),
    ]),
    ...[...specification.records.values()].map((record): [string, JsonSchema] => [
      recordSchemaPath(record.record),
      recordSchema(record, specification, address),
    ]),
  ]);
}

/** JSON that a person can read too. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
