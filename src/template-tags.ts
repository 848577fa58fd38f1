/** A tag of a template as it is written. */
export interface TemplateTag {
  /** `#`, `^`, `/`, `>`, `&`, `!`, `=`, or `name`. */
  sign: string;
  content: string;
  /** UTF-16 offsets of the whole tag. */
  start: number;
  end: number;
}

/**
 * The tags of a template in their order, by the delimiters that are set where each stands. A tag that does not end, or sets
 * delimiters that are none, is the last one: of the first, `end` is -1.
 */
export function* templateTags(text: string): Generator<TemplateTag> {
  let [opening, closing] = ['{{', '}}'];
  let position = 0;
  for (;;) {
    const start = text.indexOf(opening, position);
    if (start < 0) return;
    const tag = readTag(text, start, opening, closing);
    yield tag;
    if (tag.end < 0) return;
    position = tag.end;
    if (tag.sign !== '=') continue;
    const pair = delimitersOf(tag);
    if (!pair) return;
    [opening, closing] = pair;
  }
}

/** What a tag with the sign `=` sets; undefined where it is no pair. */
export function delimitersOf({ content }: TemplateTag): [string, string] | undefined {
  const [opening, closing, ...more] = content.split(/\s+/);
  return opening && closing && more.length === 0 ? [opening, closing] : undefined;
}

function readTag(text: string, start: number, opening: string, closing: string): TemplateTag {
  let from = start + opening.length;
  while (/\s/.test(text.charAt(from))) from += 1;
  const sign = /[#^/>{&=!]/.test(text.charAt(from)) ? text.charAt(from) : 'name';
  if (sign !== 'name') from += 1;
  const ending = sign === '=' || sign === '{' ? { '=': '=', '{': '}' }[sign] + closing : closing;
  const end = text.indexOf(ending, from);
  if (end < 0) return { sign, content: '', start, end };
  return { sign: sign === '{' ? '&' : sign, content: text.slice(from, end).trim(), start, end: end + ending.length };
}
