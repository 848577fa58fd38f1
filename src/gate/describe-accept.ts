import { mean } from '../stats/mean.js';
import { meanOfKnown, type Reducer } from '../stats/reduce.js';
import type { Baseline, BaselineModel } from '../vocabulary.js';
import { amount, perAnswer, QUANTITIES, type Quantity } from './case-usage.js';
import { inMetricOrder, own } from './own.js';
import { plural, scoreText } from '../words.js';

/**
 * What accepting changes, in words, a line per model and change; empty where nothing but dates and commits differs.
 * @param previous undefined: nothing was accepted so far
 * @param reduce folds the repeats of a case
 */
export function describeAccept(
  previous: Baseline | undefined,
  next: Baseline,
  reduce: Reducer = meanOfKnown,
): string[] {
  const lines = Object.entries(next.models).flatMap(([name, model]) => {
    const before = previous && own(previous.models, name);
    const changes = before
      ? changesOf(before, model, reduce)
      : [`first baseline: ${plural(count(model), 'case')}`, ...means(model, reduce), ...usageChanges(undefined, model)];
    return changes.map((change) => `${name}: ${change}`);
  });
  const gone = Object.keys(previous?.models ?? {}).filter((name) => !Object.hasOwn(next.models, name));
  return [...lines, ...gone.map((name) => `${name}: removed`)];
}

function changesOf(before: BaselineModel, after: BaselineModel, reduce: Reducer): string[] {
  const changes: string[] = [];
  if (before.version !== after.version) changes.push(`version ${before.version} → ${after.version}`);
  if (before.judge !== after.judge) changes.push(`judge ${before.judge ?? 'none'} → ${after.judge ?? 'none'}`);
  changes.push(...scoreChanges(before, after, reduce), ...caseChanges(before, after));
  const trials = trialsOf(after) - trialsOf(before);
  if (changes.length === 0 && trials > 0) changes.push(`+${plural(trials, 'trial')}, same scores`);
  changes.push(...usageChanges(before, after));
  return changes;
}

function scoreChanges(before: BaselineModel, after: BaselineModel, reduce: Reducer): string[] {
  return metricsOf(before, after).flatMap((metric) => {
    const [was, is] = [meanOf(before, metric, reduce), meanOf(after, metric, reduce)];
    if (was === is) return [];
    return [`${metric} ${was === undefined ? 'none' : scoreText(was)} → ${is === undefined ? 'none' : scoreText(is)}`];
  });
}

function usageChanges(before: BaselineModel | undefined, after: BaselineModel): string[] {
  return QUANTITIES.flatMap((quantity) => {
    const [was, is] = [before && meanUsage(before, quantity), meanUsage(after, quantity)];
    if (is === undefined || was === is) return [];
    return [`${quantity} ${was === undefined ? '' : `${was} → `}${is} per answer`];
  });
}

/** In words: mean over cases of what an answer takes. */
function meanUsage(model: BaselineModel, quantity: Quantity): string | undefined {
  const known = mean(Object.values(model.cases).flatMap(({ usage }) => perAnswer(usage, quantity) ?? []));
  return known === undefined ? undefined : amount(known, quantity);
}

function caseChanges(before: BaselineModel, after: BaselineModel): string[] {
  const ids = Object.keys(after.cases);
  const added = ids.filter((id) => !Object.hasOwn(before.cases, id)).length;
  const removed = Object.keys(before.cases).filter((id) => !Object.hasOwn(after.cases, id)).length;
  const changed = ids.filter((id) => Object.hasOwn(before.cases, id) && !sameContent(before, after, id)).length;
  return [
    ...(added > 0 ? [`+${plural(added, 'case')}`] : []),
    ...(removed > 0 ? [`−${plural(removed, 'case')}`] : []),
    ...(changed > 0 ? [`${plural(changed, 'case')} with other input or assertions`] : []),
  ];
}

function sameContent(before: BaselineModel, after: BaselineModel, id: string): boolean {
  const [was, is] = [own(before.cases, id), own(after.cases, id)];
  if (was?.input !== is?.input) return false;
  return Object.entries(is?.scores ?? {}).every(([metric, { assert }]) => {
    const accepted = was && own(was.scores, metric);
    return !accepted || accepted.assert === assert;
  });
}

function means(model: BaselineModel, reduce: Reducer): string[] {
  return metricsOf(model).flatMap((metric) => {
    const value = meanOf(model, metric, reduce);
    return value === undefined ? [] : [`${metric} ${scoreText(value)}`];
  });
}

function metricsOf(...models: readonly BaselineModel[]): string[] {
  return inMetricOrder(
    models.flatMap((model) => Object.values(model.cases).flatMap((each) => Object.keys(each.scores))),
  );
}

function meanOf(model: BaselineModel, metric: string, reduce: Reducer): number | undefined {
  const values = Object.values(model.cases).flatMap((each) => {
    return reduce(own(each.scores, metric)?.repeats ?? []) ?? [];
  });
  return mean(values);
}

function count(model: BaselineModel): number {
  return Object.keys(model.cases).length;
}

function trialsOf(model: BaselineModel): number {
  return Object.values(model.cases).reduce((sum, each) => sum + (own(each.scores, 'pass')?.repeats.length ?? 0), 0);
}
