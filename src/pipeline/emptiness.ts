import { problems } from '../errors.js';
import type { Run } from '../vocabulary.js';
import type { Session } from './session.js';

/**
 * Why a run has no trial, where it should have had some: a library without prompts, or a filter that no case matches.
 * @returns nothing where there are trials, where there need be none, or where no more can be told
 */
export function emptiness(
  { library, selection, against, nothing }: Pick<Session, 'library' | 'selection' | 'against' | 'nothing'>,
  { evals }: Pick<Run, 'evals'>,
): string[] {
  if (evals.length > 0 || against || nothing !== undefined) return [];
  if (library.prompts.length === 0) return [problems['empty-library'](library.config.library).message];
  const { filter } = selection;
  return filter.length === 0
    ? []
    : [`no case matches --filter ${filter.map((each) => JSON.stringify(each)).join(', ')}`];
}
