// Where the site keeps what proposals define: paths below its root, and anchors on the page of a proposal. Whoever
// publishes them puts an origin and a base in front.

/** The page of a proposal, or a place on it. `slug` is the four digits. */
export function proposalPath(slug: string, fragment?: string): string {
  return `/proposals/${slug}/${fragment === undefined ? '' : `#${fragment}`}`;
}

/** The page of one requirement, which stays where it is when the text moves. */
export function requirementPath(id: string): string {
  return `/r/${id}/`;
}

/** Fragment of an event's card. */
export function eventAnchor(type: string): string {
  return `event-${type}`;
}

export function recordAnchor(name: string): string {
  return `record-${name}`;
}

export function machineAnchor(name: string): string {
  return `machine-${name}`;
}

export function featureAnchor(name: string): string {
  return `feature-${name}`;
}

/** Fragment of the definition of a term. */
export function termAnchor(key: string): string {
  return `term-${key}`;
}

/** A term among all others. */
export function termPath(key: string): string {
  return `/terms/#${key}`;
}

/** The JSON Schema of an event. */
export function eventSchemaPath(type: string): string {
  return `/api/schema/${type}.json`;
}

/** The table of one state machine as JSON. */
export function machineTablePath(name: string): string {
  return `/api/machines/${name}.json`;
}

/** The JSON Schema of a record. */
export function recordSchemaPath(name: string): string {
  return `/api/schema/records/${name}.json`;
}
