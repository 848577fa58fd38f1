import { renderingProblems } from '../errors/rendering.js';
import { templateProblems as problems } from '../errors/templates.js';
import type { Constraint, Place, Problem, TemplatePart } from '../vocabulary.js';
import { conflictIn } from './conflict.js';
import { messageProblems } from './template-messages.js';
import { DEEPEST, normaliseLineEnds, type TemplateSource, type Token, tokenize, tooDeep } from './template-tokens.js';

export { tagNames } from './tag-names.js';

/** A partial's file. */
export interface PartialFile {
  file: string;
  text: string;
}

/** Finds a partial for a file that includes it; undefined when there is none. */
export type FindPartial = (name: string, fromFile: string) => PartialFile | undefined;

/** A template read: partials in place, comments gone. With problems the parts are incomplete. */
export interface ParsedTemplate {
  parts: TemplatePart[];
  /** Files of the partials included, directly or through others, sorted. */
  partials: string[];
  constraints: Constraint[];
  problems: Problem[];
}

/** A few partials that include each other several times grow without end. */
const MOST_PARTIALS = 10_000;

/**
 * Reads the template of a prompt: Mustache's core, nothing HTML-escaped, no lambdas, no inheritance. Line ends become LF, partials
 * are expanded where they stand (one alone on its line is indented like its tag), and neighbouring texts are merged.
 * @param source the file, and how many of its lines stand before the text
 * @param partials finds partials by name
 */
export function parseTemplate(
  text: string,
  source: { file: string; lineOffset?: number },
  partials: FindPartial,
): ParsedTemplate {
  const lineOffset = source.lineOffset ?? 0;
  const expansion = new Expansion(partials);
  const parts = expansion.read({ file: source.file, text, lineOffset, indent: '' }, [source.file], 0);
  const found = expansion.problems;
  if (found.length === 0) {
    const start = { file: source.file, line: lineOffset + 1, column: 1 };
    found.push(...messageProblems(parts, (part) => expansion.places.get(part), start));
  }
  return {
    parts,
    partials: [...expansion.files].toSorted(),
    constraints: [...expansion.constraints.values()],
    problems: found,
  };
}

/** What reading one template gathers on its way through the partials. */
class Expansion {
  readonly files = new Set<string>();
  readonly constraints = new Map<string, Constraint>();
  readonly problems: Problem[] = [];
  /** Where texts stand. */
  readonly places = new Map<TemplatePart, Place>();
  private expanded = 0;

  constructor(private readonly find: FindPartial) {}

  /** @param trail the files that are being read, the outermost first */
  read(source: TemplateSource, trail: readonly string[], depth: number): TemplatePart[] {
    return this.expand(tokensOf(source), trail, depth);
  }

  private expand(result: Tokens, trail: readonly string[], depth: number): TemplatePart[] {
    if (result.ok) return this.convert(result.tokens, trail, depth);
    this.problems.push(result.problem);
    return [];
  }

  private convert(tokens: readonly Token[], trail: readonly string[], depth: number): TemplatePart[] {
    const parts: TemplatePart[] = [];
    for (const token of tokens) {
      if (token.kind === 'text') this.append(parts, { kind: 'text', text: token.text }, token.at);
      else if (token.kind === 'name') parts.push({ kind: 'name', name: token.name, place: token.at });
      else if (token.kind === 'comment') this.noteWhy(token.text, token.at);
      else if (depth >= DEEPEST) this.problems.push(tooDeep(token.at));
      else if (token.kind === 'partial') {
        for (const part of this.include(token, trail, depth + 1)) this.append(parts, part, this.places.get(part));
      } else {
        const inner = this.convert(token.tokens, trail, depth + 1);
        parts.push({ kind: token.kind, name: token.name, parts: inner, place: token.at });
      }
    }
    return parts;
  }

  private include(token: Token & { kind: 'partial' }, trail: readonly string[], depth: number): TemplatePart[] {
    const found = this.find(token.name, trail.at(-1) ?? '');
    if (!found) {
      this.problems.push(problems['missing-partial'](token.name, token.at));
      return [];
    }
    this.files.add(found.file);
    const seen = trail.indexOf(found.file);
    if (seen >= 0) {
      this.problems.push(problems['circular-partial']([...trail.slice(seen), found.file], token.at));
      return [];
    }
    this.expanded += 1;
    if (this.expanded > MOST_PARTIALS) {
      if (this.expanded === MOST_PARTIALS + 1)
        this.problems.push(renderingProblems['template-too-large'](`over ${MOST_PARTIALS} partials`, token.at));
      return [];
    }
    return this.expand(tokensOfPartial(found, token.indent), [...trail, found.file], depth);
  }

  /** Adds a part; a text that follows a text becomes one with it, so that it does not matter which file it came from. */
  private append(parts: TemplatePart[], part: TemplatePart, at: Place | undefined): void {
    const last = parts.at(-1);
    if (part.kind !== 'text' || last?.kind !== 'text') {
      parts.push(part);
      if (at) this.places.set(part, at);
      return;
    }
    if (at && last.text.trim() === '') this.places.set(last, at);
    last.text += part.text;
  }

  private noteWhy(comment: string, place: Place): void {
    const text = comment.trim();
    if (text.slice(0, 4).toLowerCase() !== 'why:') return;
    // Joined anew: what replace makes is a chain of its pieces, and kept with them.
    const why = text.slice(4).trimStart().split(/\s+/).join(' ');
    // A partial that is included twice has its reasons once.
    if (why) this.constraints.set(`${place.file}:${place.line}:${place.column}`, { why, place });
  }
}

type Tokens = ReturnType<typeof tokenize>;

function tokensOf(source: TemplateSource): Tokens {
  return tokenize({ ...source, text: indentLines(normaliseLineEnds(source.text), source.indent) });
}

/** Tokens of partials by their indentation: most are included by many prompts. */
const taken = new WeakMap<PartialFile, Map<string, Tokens>>();

function tokensOfPartial(partial: PartialFile, indent: string): Tokens {
  const known = taken.get(partial) ?? new Map<string, Tokens>();
  taken.set(partial, known);
  const tokens = known.get(indent) ?? freshTokensOf(partial, indent);
  known.set(indent, tokens);
  return tokens;
}

function freshTokensOf(partial: PartialFile, indent: string): Tokens {
  const problem = conflictIn(partial.text, partial.file);
  return problem ? { ok: false, problem } : tokensOf({ ...partial, lineOffset: 0, indent });
}

function indentLines(text: string, indent: string): string {
  return indent === '' ? text : text.replace(/^(?=.)/gm, indent);
}
