import { isDeepStrictEqual } from 'node:util';
import type { ModelDescription } from '../providers/provider.js';
import type { Answer, Completion, Mode, ModelRequest, TrialId } from '../vocabulary.js';
import type { Ask, AskContext, Layer } from './ask.js';
import { recordingKey } from './recording-key.js';
import { asStored, HAND_WRITTEN, type RecordingRow, type RowName, rowId } from './recording-row.js';
import type { RecordingStore } from './recordings-file.js';
import { type Spending, tookOf } from './spending.js';

/** How recordings are used. */
export interface RecordingOptions {
  mode: Mode;
  /** Calls for what is recorded, too, and stores the new reply in its place; only in mode `record`. */
  refresh?: boolean;
  store: RecordingStore;
  describe(model: string): ModelDescription;
  /** Absent: each process is a run by itself. */
  own?: OwnCalls;
}

/** What a run called for itself, in whichever of its processes: such a reply is found recorded and is no replay. */
export interface OwnCalls {
  /** How many attempts the reply of this name took; undefined for one that was recorded before the run, or for another. */
  attempts(trial: TrialId, name: string): number | undefined;
  /** Told before a reply is stored; resolves when that survives a crash. */
  note(call: { trial: TrialId; name: string; attempts: number } & Partial<Spending>): Promise<unknown>;
}

/**
 * Answers from stored replies. `replay` never asks on; `record` asks for what is not stored and stores it before the answer is
 * given, so that no reply is paid for twice; `live` neither reads nor stores. Failures are never stored, nor the answers of
 * providers that ask no model.
 */
export function recordings({ mode, refresh = false, store, describe, own }: RecordingOptions): Layer {
  if (mode === 'live') return (next) => next;
  /** Calls under way by prompt and key: an equal request waits for the first one's reply instead of paying again. */
  const calling = new Map<string, Promise<unknown>>();

  async function askAndStore(next: Ask, request: ModelRequest, context: AskContext, name: RowName): Promise<Answer> {
    const { trial } = context;
    await store.reserve(trial.prompt);
    const answer = await next(request, context);
    if (answer.ok) {
      const { attempts, completion } = answer;
      await own?.note({ trial, name: rowId(name), attempts, ...tookOf(completion) });
    }
    return stored(answer, trial.prompt, name, store);
  }

  return (next) => async (request, context) => {
    const model = describe(request.model);
    if (model.calls === 'none') return next(request, context);
    const { prompt } = context.trial;
    const name = nameOf(model, request, context);
    if (mode === 'replay') {
      const row = await store.find(prompt, name);
      store.tally(prompt, name, request, row !== undefined);
      return row ? replayed(row) : missing(prompt, name);
    }
    const flight = JSON.stringify([prompt, name.key]);
    for (;;) {
      const attempts = own?.attempts(context.trial, rowId(name));
      const row = await store.find(prompt, name, { fresh: refresh && attempts === undefined });
      if (row && attempts !== undefined && rowId(row) === rowId(name)) {
        return { ...replayed(row), attempts, source: 'call' };
      }
      if (row) return reused(row, prompt, name, store);
      const other = calling.get(flight);
      if (!other) break;
      await other.catch(() => undefined);
      if (context.signal?.aborted) break;
    }
    const call = askAndStore(next, request, context, name);
    calling.set(flight, call);
    try {
      return await call;
    } finally {
      calling.delete(flight);
    }
  };
}

/** Whether a trial's own answer is recorded. Asks nobody and counts nothing as missed. */
export async function isRecorded(
  { store, describe }: Pick<RecordingOptions, 'store' | 'describe'>,
  request: ModelRequest,
  trial: AskContext['trial'],
): Promise<boolean> {
  const name = nameOf(describe(request.model), request, { purpose: 'trial', trial });
  return (await store.find(trial.prompt, name)) !== undefined;
}

function nameOf(model: ModelDescription, request: ModelRequest, context: AskContext): RowName {
  return {
    case: context.trial.case,
    model: request.model,
    repeat: context.trial.repeat,
    purpose: context.purpose,
    ...(context.metric !== undefined && { metric: context.metric }),
    key: recordingKey(model, request, context),
  };
}

/** A reply to the same request may be filed under another case; this one gets its row, so that its file reads complete. */
async function reused(row: RecordingRow, prompt: string, name: RowName, store: RecordingStore): Promise<Answer> {
  if (rowId(row) !== rowId(name)) await store.put(prompt, { ...row, metric: undefined, ...name });
  return replayed(row);
}

async function stored(answer: Answer, prompt: string, name: RowName, store: RecordingStore): Promise<Answer> {
  if (!answer.ok) return answer;
  const note = answer.handWritten ? { note: HAND_WRITTEN } : undefined;
  const completion = steady(asStored(answer.completion), await store.find(prompt, name), note?.note);
  await store.put(prompt, { ...name, ...note, completion });
  return { ...answer, completion };
}

/** A reply that was recorded before, word for word, keeps its times: recording anew changes no line without need. */
function steady(now: Completion, before: RecordingRow | undefined, note: string | undefined): Completion {
  if (!before || before.note !== note) return now;
  const { latencyMs, firstTokenMs } = before.completion;
  const same = { ...now, latencyMs, firstTokenMs };
  return isDeepStrictEqual(defined(same), defined(before.completion)) ? before.completion : now;
}

function defined(completion: Completion): object {
  return Object.fromEntries(Object.entries(completion).filter(([, value]) => value !== undefined));
}

function replayed({ completion, note }: RecordingRow): Extract<Answer, { ok: true }> {
  return {
    ok: true,
    completion,
    attempts: 0,
    source: 'recording',
    ...(note === HAND_WRITTEN && { handWritten: true }),
  };
}

function missing(prompt: string, { case: id, model, repeat, purpose, metric }: RowName): Answer {
  const what = purpose === 'trial' ? 'answer' : metric === undefined ? purpose : `${purpose} for ${metric}`;
  const message = `not recorded: ${what} of ${model} to ${prompt}, case ${id}, repeat ${repeat}`;
  return { ok: false, failure: { kind: 'not-recorded', message }, attempts: 0, retry: { retry: 'no' } };
}
