/** An XML element as the strict reader below finds it. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const ENTITY = /&(?:amp|lt|gt|quot|apos|#(\d+)|#x([0-9A-Fa-f]+));/g;

/**
 * Reads XML as strictly as the reports need, and no more of the language than they use: declaration, elements, attributes in double
 * quotes, text with character references. It throws at anything else, so that it can stand for a validator where there is none.
 */
export function readXml(xml: string): Element {
  if (NOT_XML.test(xml)) throw new Error('a character that XML cannot hold');
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token = /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const found = token.exec(body);
    const parent = open.at(-1);
    if (!found || !parent) throw new Error(`no XML at ${at}: ${body.slice(at, at + 80)}`);
    const [, closing, name = '', attributes = '', empty, text] = found;
    if (text?.includes(']]>')) throw new Error(']]> in text');
    if (text !== undefined) parent.text += decode(text);
    else if (closing) close(open, name);
    else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || !only || others.length > 0 || root.text.trim() !== '')
    throw new Error('not one closed root');
  return only;
}

function close(open: Element[], name: string): void {
  const element = open.pop();
  if (open.length === 0 || element?.name !== name) throw new Error(`</${name}> closes ${element?.name}`);
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/\s+([\w-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`attribute ${name} twice`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  if (text.replace(ENTITY, '').includes('&')) throw new Error(`a bare & in ${text.slice(0, 80)}`);
  return text.replace(ENTITY, (entity, decimal?: string, hexadecimal?: string) => {
    const code = decimal ? Number(decimal) : hexadecimal ? Number.parseInt(hexadecimal, 16) : undefined;
    if (code === undefined)
      return { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" }[entity] ?? '';
    const character = String.fromCodePoint(code);
    if (NOT_XML.test(character)) throw new Error(`${entity} is no character of XML`);
    return character;
  });
}

const ATTRIBUTES: Record<string, { required: string[]; allowed: string[] }> = {
  testsuites: { required: [], allowed: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    allowed: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'group', 'log', 'url', 'version'],
  },
  properties: { required: [], allowed: [] },
  property: { required: ['name', 'value'], allowed: [] },
  testcase: { required: ['name'], allowed: ['time', 'classname', 'group'] },
  skipped: { required: [], allowed: ['type', 'message'] },
  failure: { required: [], allowed: ['type', 'message'] },
  error: { required: [], allowed: ['type', 'message'] },
};

const CHILDREN: Record<string, string[]> = {
  testsuites: ['testsuite'],
  testsuite: ['properties', 'testcase'],
  properties: ['property'],
  testcase: ['skipped', 'failure', 'error'],
};

const TIME = /^\d*(\.\d{0,3})?$/;

/**
 * What Jenkins' junit-10.xsd demands of the elements that we write, stated anew: names, attributes, times; and that the counts are
 * those of the elements, which no schema can demand.
 * @returns what is wrong
 */
export function junitFaults(element: Element, path = element.name): string[] {
  const rules = ATTRIBUTES[element.name];
  if (!rules) return [`${path}: unknown element`];
  const names = Object.keys(element.attributes);
  const faults = [
    ...rules.required.filter((name) => !names.includes(name)).map((name) => `${path}: no ${name}`),
    ...names.filter((name) => ![...rules.required, ...rules.allowed].includes(name)).map((name) => `${path}: ${name}?`),
    ...element.children
      .filter((child) => !CHILDREN[element.name]?.includes(child.name))
      .map((child) => `${path}: ${child.name} within`),
    ...countFaults(element, path),
  ];
  if (element.attributes.time !== undefined && !TIME.test(element.attributes.time)) faults.push(`${path}: time`);
  if (element.children.length > 0 && element.text.trim() !== '') faults.push(`${path}: text between elements`);
  return [
    ...faults,
    ...element.children.flatMap((child, index) => junitFaults(child, `${path}/${child.name}[${index}]`)),
  ];
}

function countFaults(element: Element, path: string): string[] {
  if (element.name !== 'testsuite' && element.name !== 'testsuites') return [];
  const cases = allOf(element, 'testcase');
  const counts = {
    tests: cases.length,
    failures: allOf(element, 'failure').length,
    errors: allOf(element, 'error').length,
    ...(element.name === 'testsuite' && { skipped: allOf(element, 'skipped').length }),
  };
  return Object.entries(counts)
    .filter(([name, count]) => element.attributes[name] !== String(count))
    .map(([name, count]) => `${path}: ${name} is ${element.attributes[name]}, but there are ${count}`);
}

/** All elements of a name below an element. */
export function allOf(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...allOf(child, name)]);
}
