import type { Content, Project } from './project.js';
import { asRepository, type Repository } from './repository.js';

/** A repository in which a prompt got worse, and what a test must find in it. */
export interface WorsenedHistory extends Repository {
  /** The first commit. */
  first: string;
  /** The commit on a branch that changed a partial, and made answers wrong. */
  culprit: string;
  /** The merge that brought it to the main branch. */
  merge: string;
  /** The commit that renamed the prompt. */
  rename: string;
  /** A commit in which two branches' changes came together. */
  joined: string;
  /** Distinct versions, the first one included. */
  versions: number;
}

const CONFIG = ['providers: { local: { type: mock, replies: fixtures/replies.yaml } }', 'models: [local:small]'];

const REPLIES = ['- { contains: in a whole sentence, output: I think it is billing. }', '- { output: billing }'];

const CASES = [
  'defaults: { assert: [{ type: equals, metric: accuracy }] }',
  'cases:',
  ...Array.from(
    { length: 8 },
    (_, index) => `  - { id: c${index + 1}, vars: { ticket: ticket ${index + 1} }, expected: billing }`,
  ),
];

/** The prompt with a changelog of its own; its text includes a partial, which includes another one. */
function prompt(line: string, changelog: readonly string[] = []): string[] {
  const entries = changelog.map((why) => `  - { date: 2026-11-02, why: ${why} }`);
  return [
    '---',
    'owner: "@support"',
    ...(entries.length > 0 ? ['changelog:', ...entries] : []),
    '---',
    line,
    '{{> tone}}',
    '{{ticket}}',
  ];
}

/**
 * A repository of 30 commits: a prompt `support/sort` that was `support/triage` once, edits that no model sees, branches and merges,
 * and a partial two levels deep that a branch changed for the worse. A commit a day, from the first of November 2026.
 * @param accept accepts the scores of the prompt as it is; called three times, before, between and after the changes
 */
export async function worsenedHistory(
  made: Project,
  accept: (made: Project) => Promise<void> = async () => {},
): Promise<WorsenedHistory> {
  const files: Record<string, Content> = {
    'assay.config.yaml': CONFIG,
    'fixtures/replies.yaml': REPLIES,
    '.gitignore': 'reports/\n',
    'evals/support/triage.prompt.md': prompt('Sort the ticket.'),
    'evals/support/triage.cases.yaml': CASES,
    'evals/support/_partials/tone.md': 'Be kind. {{> style}}\n',
    'evals/_partials/style.md': 'Answer with one word.\n',
  };
  const repository = asRepository(made);
  const { git } = repository;
  let day = 0;
  const commit = (author: string, message: string): string => {
    day += 1;
    const date = `2026-11-${String(day).padStart(2, '0')}T10:00:00+01:00`;
    git('add', '-A');
    git(
      '-c',
      `user.name=${author}`,
      'commit',
      '-q',
      ...(day === 1 ? ['--amend', '--reset-author'] : []),
      '--date',
      date,
      '-m',
      message,
    );
    return git('rev-parse', 'HEAD');
  };
  const write = (path: string, content: Content, author: string, message: string): string => {
    made.write(path, content);
    return commit(author, message);
  };
  const noise = (): string => write('notes.txt', `${day}`, 'Test', 'Take a note');
  const merge = (branch: string): string => {
    git('merge', '-q', '--no-ff', '--no-commit', branch);
    return commit('Test', `Merge ${branch}`);
  };
  let path = 'evals/support/triage.prompt.md';
  let versions = 1;
  const edit = (line: string, author: string, message: string, changelog: readonly string[] = []): string => {
    versions += 1;
    return write(path, prompt(line, changelog), author, message);
  };

  for (const [name, content] of Object.entries(files)) made.write(name, content);
  await accept(made);
  const first = commit('Ana Lima', 'Sort tickets');
  edit('Sort this ticket.', 'Ana Lima', 'Say which ticket');
  noise();
  write(
    'evals/support/_partials/tone.md',
    'Be kind. {{! why: customers are upset }}{{> style}}\n',
    'Bo Berg',
    'Say why',
  );
  edit('Sort this ticket by topic.', 'Ana Lima', 'Name the topic', ['Tickets were sorted by date.']);
  noise();
  // Two branches that change different files: only their merge has both changes.
  git('switch', '-q', '-c', 'polite');
  versions += 1;
  write('evals/support/_partials/tone.md', 'Be very kind. {{> style}}\n', 'Bo Berg', 'Be kinder');
  noise();
  git('switch', '-q', 'main');
  edit('Sort this support ticket by topic.', 'Ana Lima', 'Name the tickets', ['Tickets were sorted by date.']);
  const joined = merge('polite');
  versions += 1;
  await accept(made);
  noise();
  for (const kind of [
    'prompt.md',
    'cases.yaml',
    ...(made.has('evals/support/triage.baseline.json') ? ['baseline.json'] : []),
  ]) {
    git('mv', `evals/support/triage.${kind}`, `evals/support/sort.${kind}`);
  }
  const rename = commit('Cy Tan', 'Call it sort');
  path = 'evals/support/sort.prompt.md';
  noise();
  edit('Sort this support ticket by its topic.', 'Cy Tan', 'Mend the grammar');
  noise();
  // The culprit: a branch changes the inner partial; the main branch goes on, and merges it as it is.
  git('switch', '-q', '-c', 'style');
  versions += 1;
  const culprit = write(
    'evals/_partials/style.md',
    'Answer in a whole sentence.\n',
    'Di Roy',
    'Let answers read better',
  );
  git('switch', '-q', 'main');
  noise();
  noise();
  const merged = merge('style');
  await accept(made);
  noise();
  edit('Sort this support ticket by its main topic.', 'Ana Lima', 'Ask for the main topic');
  write(path, made.read(path).replace('"@support"', '"@helpdesk"'), 'Ana Lima', 'Hand it over');
  edit('Sort this support ticket by its one topic.', 'Bo Berg', 'Ask for one topic');
  noise();
  edit('Sort the support ticket by its one topic.', 'Cy Tan', 'Use the article');
  edit('Sort the support ticket by its only topic.', 'Cy Tan', 'Use a better word');
  for (let more = 0; more < 4; more += 1) noise();
  return { ...repository, first, culprit, merge: merged, rename, joined, versions };
}
