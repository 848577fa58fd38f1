/** Where GitHub and GitLab look for the file, from the top of the repository. */
export const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/**
 * The owners that CODEOWNERS files name: users and teams with `@`, people by address. A team of an organisation
 * (`@acme/support`) is found by its own name, too.
 * @returns whether an owner is one of them; case and a leading `@` make no difference, and of several all must be
 */
export function ownersOf(texts: readonly string[]): (owner: string) => boolean {
  const names = new Set<string>();
  for (const line of texts.flatMap((text) => text.split(/\r?\n/))) {
    for (const owner of ownersIn(line)) {
      const name = fold(owner);
      names.add(name);
      if (owner.startsWith('@') && name.includes('/')) names.add(name.slice(name.indexOf('/') + 1));
    }
  }
  return (owner) => {
    const several = owner.split(/[\s,]+/).filter((each) => each !== '');
    const each = several.length > 1 && several.every((one) => one.includes('@')) ? several : [owner];
    return each.every((one) => names.has(fold(one)));
  };
}

/** After the pattern of files; in GitLab, a section's line has them after its name. */
function ownersIn(line: string): string[] {
  const text = line.replace(/(?:^|\s)#.*$/, '').trim();
  const rest = /^\^?\[/.test(text) ? text.replace(/^\^?\[[^\]]*\](?:\[\d+\])?/, '') : text.replace(/^(?:\\ |\S)+/, '');
  return rest.split(/\s+/).filter((each) => each.includes('@'));
}

function fold(owner: string): string {
  return owner.trim().replace(/^@/, '').toLowerCase();
}
