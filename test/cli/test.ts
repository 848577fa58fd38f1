import { test as base, vi } from 'vitest';
import { type Content, type Project, project } from '../support/project.js';
import { type Handler, type Reply, type ScriptedServer, startServer } from '../support/scripted-server.js';
import { type EchoOptions, type EchoProject, echoProject } from './echo.js';

// A command takes a third of a second; on a machine that is busy with other things, many times that.
vi.setConfig({ testTimeout: 90_000 });

/** What tests of the command are given: whatever they make ends with them. */
interface Tools {
  project(files?: Record<string, Content>): Project;
  echoProject(options?: EchoOptions): Promise<EchoProject>;
  startServer(script: Handler | readonly Reply[]): Promise<ScriptedServer>;
}

/** Vitest's `test`, for tests that run at a time: each runs the command as a process, and waiting for one costs nothing. */
export const test = base.extend<Tools>({
  project: async ({ onTestFinished }, use) => use((files) => project(files, onTestFinished)),
  echoProject: async ({ onTestFinished }, use) => use((options) => echoProject(options, onTestFinished)),
  startServer: async ({ onTestFinished }, use) =>
    use(async (script) => {
      const server = await startServer(script);
      onTestFinished(() => server.close());
      return server;
    }),
});

/** The tool that makes projects, for helpers that are handed it. */
export type OpenProject = Tools['project'];

/** The tool that makes echo projects, for helpers that are handed it. */
export type OpenEcho = Tools['echoProject'];
