import { dirname, posix, resolve } from 'node:path';
import { problems, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formerNames } from '../git/changes.js';
import { inRepository } from '../git/place.js';
import { resolveRef } from '../git/refs.js';
import { reachable } from '../impact/reach.js';
import { loadText } from '../library/load.js';
import { loadTemplate } from '../library/load-template.js';
import { readPrompts } from '../library/prompts.js';
import type { Tree } from '../library/tree.js';
import { applyPolicy, type Finding, levelOf } from '../policy/apply.js';
import { CODEOWNERS, ownersOf } from '../policy/codeowners.js';
import type { CheckedPrompt, Policy, PolicyFacts } from '../policy/rule.js';
import { unloggedVersion } from '../policy/rules/unlogged-version.js';
import { graderOf } from '../score/grader.js';
import type { Case, Library, Place, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { type Changes, changesSince } from './changes.js';
import { type Found, openFor, readLibrary } from './library.js';
import type { EvaluateOptions } from './options.js';
import { settingPlaces } from './setting-places.js';
import { CONFIG_FILE, openProject, type Project } from './project.js';

/** What checking a library found. */
export interface Check {
  findings: Finding[];
  /** How many prompts were checked; absent where mistakes kept them from being read. */
  prompts?: number;
  /** What was not compared with a base, and why. */
  notes: string[];
  /** From the top of the repository to the project root, for reports that are read there. */
  prefix: string;
  exitCode: number;
}

/** What keeps a library from being checked at all, as what was found. */
export function checkOf({ problems: found, exitCode }: UserError, { cwd, config }: EvaluateOptions): Check {
  const root = config === undefined ? openProject(cwd).root : dirname(resolve(cwd, config));
  const findings = found.map((problem): Finding => ({ ...problem, level: 'error' }));
  return { findings, notes: [], prefix: inRepository(root)?.toGit('.') ?? '', exitCode };
}

/**
 * Checks a library without asking a model: first what discovery says of its files, then, where they can be read, the policy.
 * @param base a git ref to compare versions with; absent: the default branch, where there is one
 * @returns exit code 2 with mistakes, 3 without a prompt, 1 where a rule of level error is broken, else 0
 * @throws UserError for a base that there is not, or no config where one is named
 */
export async function checkLibrary(options: EvaluateOptions, base: string | undefined, world: World): Promise<Check> {
  const project = openProject(options.cwd, options.config);
  const prefix = inRepository(project.root)?.toGit('.') ?? '';
  const changes = changesSince(project, base, world.env);
  const counts = new Map<string, CaseFacts>();
  let found: Found;
  try {
    const opened = openFor(options, world);
    found = await readLibrary({ ...opened, how: { ...opened.how, onCase: counting(counts, opened) } });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return checkOf(error, options);
  }
  const { prompts, config } = found.library;
  // A library that is looked for in the wrong place must not pass.
  if (prompts.length === 0) {
    const empty: Finding = { ...problems['empty-library'](config.library), level: 'error' };
    return { findings: [empty], prompts: 0, notes: [], prefix, exitCode: EXIT.unverified };
  }
  const compared = await promptsAt(changes, base, found);
  const findings = applyPolicy(factsOf(found, counts, options, compared.before));
  const failed = findings.some(({ level }) => level === 'error');
  const { notes } = compared;
  const exitCode = failed ? EXIT.failed : EXIT.passed;
  return { findings, prompts: prompts.length, notes, prefix, exitCode };
}

/** What rules ask of a prompt's cases. */
interface CaseFacts {
  cases: number;
  quarantined: number;
  graders: Map<Place, string>;
}

const noCases = (): CaseFacts => ({ cases: 0, quarantined: 0, graders: new Map() });

/** Notes what rules ask of cases while they are read. @param counts by the prompt's id */
function counting(counts: Map<string, CaseFacts>, { assertions }: Pick<Found, 'assertions'>) {
  return ({ id }: Prompt, { quarantine, assert }: Case): void => {
    const its = counts.get(id) ?? noCases();
    counts.set(id, its);
    its.cases += 1;
    if (quarantine) its.quarantined += 1;
    for (const assertion of assert) {
      const grader = graderOf(assertion, { assertions });
      if (grader) its.graders.set(assertion.place, grader.model);
    }
  };
}

function factsOf(
  { library, tree, project }: Found,
  counts: ReadonlyMap<string, CaseFacts>,
  { paths = [] }: EvaluateOptions,
  before: PolicyFacts['before'],
): PolicyFacts {
  const prompts = library.prompts.map(
    (prompt): CheckedPrompt => ({
      prompt,
      ...(counts.get(prompt.id) ?? noCases()),
      accepted: library.baseline(prompt) !== undefined,
    }),
  );
  const owners = readOwners(project, tree);
  const { judge } = library.config;
  return {
    // Discovery has checked its form.
    policy: library.config.policy as Policy,
    prompts,
    complete: paths.length === 0,
    partials: partialsIn(library, tree),
    ...(owners && { owners }),
    ...(before && { before }),
    ...(judge && { judge: judge.model }),
    template: (path) => loadTemplate(tree, path),
    ...settingPlaces(tree, library.config.file),
  };
}

/**
 * The changed prompts as they were, by the ids that they have now. Without a ref, that there is no history to compare with is no
 * mistake, but is said; one that cannot be read, or has no base, is a mistake where the policy relies on it: CI would pass whatever
 * was changed. So is a prompt of which nothing could be read.
 */
async function promptsAt(
  changes: Promise<Changes>,
  ref: string | undefined,
  { project, library, options }: Found,
): Promise<{ before?: NonNullable<PolicyFacts['before']>; notes: string[] }> {
  const relied = levelOf(unloggedVersion, library.config.policy as Policy) === 'error';
  try {
    const { base, before, files, others } = await changes;
    const among = reachable(library, [...files, ...others], () => false);
    if (among.length === 0) return { before: new Map(), notes: [] };
    const was = await before();
    const former = among.every(({ path }) => was.has(path))
      ? new Map<string, string>()
      : await formerNames(project.root, base.commit);
    const pathOf = ({ path }: Prompt): string => former.get(path) ?? path;
    const wanted = new Set(among.map(pathOf));
    const config = project.configPath ?? CONFIG_FILE;
    const found = readPrompts(was, was.has(config) ? config : undefined, options.providers, ({ path }) =>
      wanted.has(path),
    );
    // What has mistakes has a version and a changelog all the same.
    const byPath = new Map([...found.broken, ...found.prompts].map((each) => [each.path, each]));
    const unread = among.filter((each) => !byPath.has(pathOf(each)) && was.has(pathOf(each)));
    const said = unread.map((each) => problems['unreadable-before'](each.id, base.of, pathOf(each)));
    if (relied && said.length > 0) throw new UserError(said);
    return {
      before: new Map(
        among.flatMap((each) => {
          const old = byPath.get(pathOf(each));
          return old ? [[each.id, old]] : [];
        }),
      ),
      notes: said.map(({ message }) => message),
    };
  } catch (error) {
    if (!(error instanceof UserError) || ref !== undefined) throw error;
    if (relied && !(await isWithoutHistory(project.root, error))) throw error;
    const why = error.problems.map(({ message }) => message).join('; ');
    return { notes: [`versions were not compared with a base: ${why}; --base names one`] };
  }
}

/** Whether there is no history yet: it is no repository, git is not installed, or nothing was committed. */
async function isWithoutHistory(root: string, error: UserError): Promise<boolean> {
  if (error.problems.every(({ code }) => code === 'no-repository' || code === 'no-git')) return true;
  const head = await resolveRef(root, 'HEAD').catch((trouble: unknown) => trouble);
  return head instanceof UserError && head.problems.every(({ code }) => code === 'unknown-ref');
}

function readOwners({ root }: Project, tree: Tree): PolicyFacts['owners'] {
  const place = inRepository(root);
  const paths = CODEOWNERS.map((path) => place?.fromGit(path) ?? path).filter((path) => tree.has(path));
  const texts = paths.flatMap((path) => loadText(tree, path, () => {}) ?? []);
  const [file] = paths;
  return file === undefined ? undefined : { file, has: ownersOf(texts) };
}

/** Those that prompts could include: in the library, and in the folders above it. */
function partialsIn({ config }: Library, tree: Tree): string[] {
  const patterns = new Set<string>();
  for (const library of config.library) {
    patterns.add(posix.join(library, '**/_partials/**/*.md'));
    for (let folder = posix.dirname(library); ; folder = posix.dirname(folder)) {
      patterns.add(posix.join(folder, '_partials/**/*.md'));
      if (folder === '.') break;
    }
  }
  return tree.glob([...patterns]);
}
