import type { AssertionDefinition } from '../assertions/assertion.js';
import { nearest } from './nearest.js';

/** A type as written, understood. */
export interface FoundType {
  definition: AssertionDefinition;
  negated: boolean;
  /** The canonical type as people would write it, with `not-`. */
  written: string;
}

/** The types of assertions by all their names. */
export class AssertionTypes {
  private readonly byName = new Map<string, AssertionDefinition>();

  constructor(private readonly definitions: ReadonlyMap<string, AssertionDefinition>) {
    for (const definition of definitions.values()) {
      for (const name of [definition.type, ...(definition.aliases ?? [])]) this.byName.set(name, definition);
    }
  }

  /** What a type means; with a value, `is-json` is `json-schema`, as in the tool most people know it from. */
  find(written: string, hasValue: boolean): FoundType | undefined {
    const negated = !this.byName.has(written) && written.startsWith('not-');
    const name = negated ? written.slice('not-'.length) : written;
    let definition = this.byName.get(name);
    if (definition?.type === 'is-json' && hasValue) definition = this.definitions.get('json-schema') ?? definition;
    return definition && { definition, negated, written: `${negated ? 'not-' : ''}${definition.type}` };
  }

  /** The type that was probably meant. */
  near(written: string): string | undefined {
    const negated = written.startsWith('not-');
    const near = nearest(negated ? written.slice('not-'.length) : written, this.byName.keys());
    return near && (negated ? `not-${near}` : near);
  }
}
