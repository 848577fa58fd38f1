import { hasKeyTwice } from '../json-text.js';
import type { Completion } from '../vocabulary.js';

/** A judge's grade, or why there is none. */
export type JudgeVerdict = { ok: true; score: number; reason: string } | { ok: false; why: string };

/**
 * Reads a judge's reply: exactly one JSON object with a reason and a score from 0 to 1, nothing before or behind it but white
 * space or one fence. A `pass` beside them must agree with the score. Anything else is no verdict: it is never guessed.
 */
export function readVerdict(completion: Completion): JudgeVerdict {
  const { finishReason, refusal } = completion;
  if (refusal !== undefined || finishReason === 'refusal') return no('the judge refused');
  if (finishReason === 'length') return no("the judge's reply was cut off");
  if (finishReason !== 'stop' && finishReason !== 'other') return no(`the judge's reply ended by ${finishReason}`);
  const text = unfenced(completion.output.trim());
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    return no("the judge's reply is not one JSON object");
  }
  if (reply === null || typeof reply !== 'object' || Array.isArray(reply)) {
    return no("the judge's reply is not one JSON object");
  }
  if (hasKeyTwice(text)) return no("the judge's reply names a key twice");
  return verdictOf(reply);
}

function verdictOf(reply: object): JudgeVerdict {
  const { reason, score, pass, ...rest } = reply as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) return no(`the judge's reply has an unknown key ${JSON.stringify(unknown.slice(0, 40))}`);
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    return no("the judge's score is not a number from 0 to 1");
  }
  if (typeof reason !== 'string' || reason.trim() === '') return no('the judge gave no reason');
  if (pass !== undefined && typeof pass !== 'boolean') return no("the judge's pass is neither true nor false");
  // Exactly .5 is neither a clear pass nor a clear fail, so either word agrees with it.
  if (pass !== undefined && score !== 0.5 && pass !== score > 0.5) {
    return no(`the judge contradicts itself: pass ${pass} with score ${score}`);
  }
  return { ok: true, score, reason: reason.trim() };
}

/** What stands in a fence around the whole. That it is one object and nothing else is for JSON.parse to say. */
function unfenced(text: string): string {
  const [opening] = /^```(?:json)?/i.exec(text) ?? [];
  return opening !== undefined && text.endsWith('```') ? text.slice(opening.length, -3) : text;
}

function no(why: string): JudgeVerdict {
  return { ok: false, why };
}
