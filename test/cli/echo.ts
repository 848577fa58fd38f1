import { onTestFinished } from 'vitest';
import { type AssayOptions, type AtEnd, type Content, type Project, project } from '../support/project.js';
import { chatAnswer } from '../support/replies.js';
import { type Reply, type ScriptedServer, type Seen, startServer } from '../support/scripted-server.js';

/** Answers a request for the case that it is of, if it can be told; nothing: the echo. */
export type Script = (seen: Seen, id: string) => Reply | undefined | Promise<Reply | undefined>;

/** What an echo project is made of. */
export interface EchoOptions {
  cases?: number;
  /** More settings of the provider, e.g. `apiKeyEnv: LOCAL_KEY`. */
  provider?: string;
  /** More lines of the config. */
  config?: readonly string[];
  /** More lines of the front matter. */
  front?: readonly string[];
  /** The template, `{{text}}` by default. */
  template?: string;
  script?: Script;
  /** More files. */
  files?: Record<string, Content>;
  /** The folder of another build. */
  build?: string;
}

/** A project with one prompt, and the server behind its one model `local:echo`. */
export interface EchoProject extends Project {
  server: ScriptedServer;
  /** How often each case was asked, by its id. */
  asked(): Record<string, number>;
  /** `assay eval`, live unless told otherwise. */
  evaluate(args?: readonly string[], options?: AssayOptions): ReturnType<Project['assay']>;
}

export const PROMPT = 'evals/echo.prompt.md';
export const CASES = 'evals/echo.cases.yaml';
export const RECORDINGS = 'fixtures/recordings/echo.jsonl';
export const BASELINE = 'evals/echo.baseline.json';

/**
 * A project whose model, behind a loopback server, answers with what it was asked. Its cases `c01`, `c02`, … ask for their own id
 * and pass when they get it.
 */
export async function echoProject(options: EchoOptions = {}, atEnd: AtEnd = onTestFinished): Promise<EchoProject> {
  const server = await startServer(async (seen) => (await options.script?.(seen, caseOf(seen))) ?? echo(seen));
  atEnd(() => server.close());
  const ids = caseIds(options.cases ?? 3);
  const files = {
    'assay.config.yaml': [
      `providers: { local: { type: openai, baseURL: "${server.url}/v1", ${options.provider ?? 'api: chat'} } }`,
      'models: [local:echo]',
      ...(options.config ?? []),
    ],
    [PROMPT]: [...(options.front ? ['---', ...options.front, '---'] : []), options.template ?? '{{text}}'],
    [CASES]: casesFile(ids),
    ...options.files,
  };
  const made = project(files, atEnd, options.build);
  return {
    ...made,
    server,
    evaluate: (args = ['--mode', 'live'], assayOptions) => made.assay(['eval', ...args], assayOptions),
    asked: () => {
      const counts: Record<string, number> = {};
      for (const seen of server.requests) counts[caseOf(seen)] = (counts[caseOf(seen)] ?? 0) + 1;
      return counts;
    },
  };
}

/** A cases file in which each case asks for its own id. */
export function casesFile(ids: readonly string[]): string[] {
  return [
    'cases:',
    ...ids.map((id) => `  - { id: ${id}, vars: { text: say ${id} }, assert: [{ type: contains, value: ${id} }] }`),
  ];
}

/** c01, c02, … */
export function caseIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
}

/** A chat completion that says this. */
export function says(text: string): Reply {
  return { json: chatAnswer(text) };
}

/** A chat completion that says what was asked. */
export function echo(seen: Seen): Reply {
  return says(`you said: ${userText(seen)}`);
}

/** The last message of a request. */
export function userText({ json }: Seen): string {
  const messages = (json as { messages?: { content?: unknown }[] } | undefined)?.messages;
  const content = messages?.at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function caseOf(seen: Seen): string {
  return /\bc\d\d\b/.exec(userText(seen))?.[0] ?? '';
}
