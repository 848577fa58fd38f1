import type { AssertionDefinition } from '../assertions/assertion.js';
import { assertionTypes } from '../assertions/map.js';
import { compileTransform } from '../assertions/transform.js';
import type { Side } from '../impact/side.js';
import { type DiscoverOptions, discover } from '../library/discover.js';
import { providerTypes } from '../providers/map.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { World } from '../world.js';
import type { EvaluateOptions } from './options.js';
import { openProject, type Project, projectPaths } from './project.js';

/** What a project may be written with: types of assertions and kinds of providers, the user's own among them. */
export interface Definitions {
  assertions: ReadonlyMap<string, AssertionDefinition>;
  types: ReadonlyMap<string, ProviderDefinition>;
}

/** The built-in definitions and the user's own; a built-in name cannot be taken. */
export function definitionsOf(options: Pick<EvaluateOptions, 'assertions' | 'providers'>): Definitions {
  return {
    assertions: new Map([...byType(options.assertions ?? []), ...assertionTypes]),
    types: new Map([...byType(options.providers ?? []), ...providerTypes]),
  };
}

/** A library, and what it took to find it. */
export interface Found extends Side {
  project: Project;
  options: DiscoverOptions;
}

/** A project that was found, and how its library is to be read. */
export interface Opened {
  project: Project;
  how: DiscoverOptions;
  assertions: Definitions['assertions'];
}

/** Finds a project, and reads nothing of its library yet. @throws UserError for a config that is not there */
export function openFor(options: EvaluateOptions, world: Pick<World, 'date'>): Opened {
  const project = openProject(options.cwd, options.config);
  const definitions = definitionsOf(options);
  const paths = projectPaths(project, options.cwd, options.paths ?? []);
  const how: DiscoverOptions = {
    ...discoverOptions(definitions, world),
    ...(project.configPath !== undefined && { configPath: project.configPath }),
    ...(paths.length > 0 && { paths }),
  };
  return { project, how, assertions: definitions.assertions };
}

/** Reads the library of a project. @throws UserError with everything that is wrong */
export async function readLibrary({ project, how, assertions }: Opened): Promise<Found> {
  const { tree } = project;
  return { project, options: how, tree, library: await discover(tree, how), assertions };
}

/**
 * Finds a project and discovers its library, for commands that ask no model.
 * @throws UserError with everything that is wrong
 */
export async function openLibrary(options: EvaluateOptions, world: Pick<World, 'date'>): Promise<Found> {
  return readLibrary(openFor(options, world));
}

/** What every command discovers a library with, whichever tree it reads. */
export function discoverOptions({ assertions, types }: Definitions, world: Pick<World, 'date'>): DiscoverOptions {
  return {
    assertions,
    providers: types,
    today: world.date().toISOString().slice(0, 10),
    checkTransform(list) {
      const read = compileTransform(list);
      return read.ok ? undefined : read;
    },
  };
}

function byType<T extends { type: string }>(definitions: readonly T[]): [string, T][] {
  return definitions.map((definition) => [definition.type, definition]);
}
