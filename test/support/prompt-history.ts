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
 * and a partial two levels deep that a branch changed for the worse.
 */
export function worsenedHistory(made: Project): WorsenedHistory {
  const files: Record<string, Content> = {
    'assay.config.yaml': CONFIG,
    'fixtures/replies.yaml': REPLIES,
    '.gitignore': 'reports/\n',
    'evals/support/triage.prompt.md': prompt('Sort the ticket.'),
    'evals/support/triage.cases.yaml': CASES,
    'evals/support/_partials/tone.md': 'Be kind. {{> style}}\n',
    'evals/_partials/style.md': 'Answer with one word.\n',
  };
  for (const [path, content] of Object.entries(files)) made.write(path, content);
  const repository = asRepository(made);
  const { git, commitAs } = repository;
  const first = git('rev-parse', 'HEAD');
  const write = (path: string, content: Content, author: string, message: string): string => {
    made.write(path, content);
    return commitAs(author, message);
  };
  let [path, count] = ['evals/support/triage.prompt.md', 1];
  const edit = (line: string, author: string, message: string, changelog: readonly string[] = []): string => {
    count += 1;
    return write(path, prompt(line, changelog), author, message);
  };
  const noise = (index: number): string => write(`notes/${index}.txt`, `note ${index}`, 'Test', `Note ${index}`);

  edit('Sort this ticket.', 'Ana Lima', 'Say which ticket');
  noise(1);
  made.write('evals/support/_partials/tone.md', 'Be kind. {{! why: customers are upset }}{{> style}}\n');
  commitAs('Bo Berg', 'Say why tickets are answered kindly');
  edit('Sort this ticket by topic.', 'Ana Lima', 'Name the topic', ['Tickets were sorted by date.']);
  noise(2);
  // Two branches that change different files: only their merge has both changes.
  git('switch', '-q', '-c', 'polite');
  count += 1;
  write('evals/support/_partials/tone.md', 'Be very kind. {{> style}}\n', 'Bo Berg', 'Be kinder');
  noise(3);
  git('switch', '-q', 'main');
  edit('Sort this support ticket by topic.', 'Ana Lima', 'Name the tickets', ['Tickets were sorted by date.']);
  git('merge', '-q', '--no-ff', '-m', 'Merge polite', 'polite');
  count += 1;
  const joined = git('rev-parse', 'HEAD');
  noise(4);
  noise(5);
  git('mv', path, 'evals/support/sort.prompt.md');
  git('mv', 'evals/support/triage.cases.yaml', 'evals/support/sort.cases.yaml');
  const rename = commitAs('Cy Tan', 'Call it sort');
  path = 'evals/support/sort.prompt.md';
  noise(6);
  edit('Sort this support ticket by its topic.', 'Cy Tan', 'Mend the grammar');
  noise(7);
  // The culprit: a branch changes the inner partial; main goes on, and merges it unchanged.
  git('switch', '-q', '-c', 'style');
  count += 1;
  const culprit = write(
    'evals/_partials/style.md',
    'Answer in a whole sentence.\n',
    'Di Roy',
    'Let answers read better',
  );
  noise(8);
  git('switch', '-q', 'main');
  noise(9);
  noise(10);
  git('merge', '-q', '--no-ff', '-m', 'Merge style', 'style');
  const merge = git('rev-parse', 'HEAD');
  noise(11);
  edit('Sort this support ticket by its main topic.', 'Ana Lima', 'Ask for the main topic');
  made.write(path, made.read(path).replace('"@support"', '"@helpdesk"'));
  commitAs('Ana Lima', 'Hand it over');
  edit('Sort this support ticket by its one topic.', 'Bo Berg', 'Ask for one topic');
  noise(12);
  edit('Sort the support ticket by its one topic.', 'Cy Tan', 'Use the article');
  noise(13);
  return { ...repository, first, culprit, merge, rename, joined, versions: count };
}
