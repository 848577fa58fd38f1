import { type EchoProject, echoProject } from '../cli/echo.js';
import { CANARY, expectNoSecret } from '../support/canary.js';
import { type AssayOptions, type AtEnd, type Outcome, type Project, project } from '../support/project.js';
import { KEY, type Scenario } from './scenario.js';
import { endedWithin, startTimed } from './timing.js';

/**
 * What a row of process and disk makes its projects with. All commands of these have a key, which must be seen nowhere, and end by
 * themselves within the bounds of the row.
 * @param build the folder of the build, if not the usual one
 */
export function watched({ within = 5 }: Scenario, atEnd: AtEnd, build?: string): Parameters<Scenario['run']>[0] {
  const watch = (made: Project): Pick<Project, 'assay' | 'start'> => {
    const start: Project['start'] = (args, options) => {
      const timing = startTimed(made, args, keyed(options));
      return { ...timing.running, ended: held(made, endedWithin(timing, within)) };
    };
    return { start, assay: (args, options) => start(args, options).ended };
  };
  return {
    project: (files) => {
      const made = project(files, atEnd, build);
      return { ...made, ...watch(made) };
    },
    echoProject: async (options = {}): Promise<EchoProject> => {
      const provider = `api: chat, apiKeyEnv: ${KEY}`;
      const made = await echoProject({ provider, ...(build !== undefined && { build }), ...options }, atEnd);
      const own = watch(made);
      return { ...made, ...own, evaluate: (args = ['--mode', 'live'], more) => own.assay(['eval', ...args], more) };
    },
  };
}

function keyed({ env, ...options }: AssayOptions = {}): AssayOptions {
  return { ...options, env: { [KEY]: CANARY, ...env } };
}

async function held(made: Project, ended: Promise<Outcome>): Promise<Outcome> {
  const outcome = await ended;
  expectNoSecret(made, outcome);
  return outcome;
}
