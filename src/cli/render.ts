import { Option } from 'commander';
import { EXIT } from '../exit-codes.js';
import { type Rendered, type RenderOptions, render } from '../pipeline/render.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { jsonText } from './json.js';
import { money } from './money.js';
import { paint } from './paint.js';

interface RenderFlags {
  config?: string;
  vars?: string;
  case?: string;
  json?: boolean;
}

/** `assay render`: what a model would get. */
export const command: CommandDefinition = {
  define(command_) {
    addConfigFlag(command_)
      .argument('<prompt>', 'a prompt by its id or file')
      .option('--vars <json|file>', 'the variables: JSON, or a file in YAML or JSON')
      .addOption(new Option('--case <id>', 'take the variables of this case').conflicts('vars'))
      .option('--json', 'print { messages, parameters, tools, schema, models, … }');
    addExamples(command_, [
      `assay render support/triage --vars '{"ticket": "I was charged twice"}'`,
      'assay render support/triage --vars ticket.yaml',
      'assay render support/triage --case double-charge --json',
    ]);
  },
  run: ([given = ''], flags, world) => run(given, flags, world),
};

async function run(given: string, flags: RenderFlags, world: World): Promise<number> {
  const { json, ...rest } = flags;
  const options: RenderOptions = { cwd: world.cwd, ...rest };
  const rendered = await render(given, options, world);
  world.stdout.write(json ? jsonText(rendered) : screen(rendered, world));
  return EXIT.passed;
}

function screen({ messages, parameters, tools, schema, models }: Rendered, world: World): string {
  const { bold, dim } = paint(world.stdout, world.env);
  const blocks = messages.map(({ role, content }) => `${bold(`[${role}]`)}\n${forTerminal(content)}\n`);
  const sent: [string, unknown][] = [
    ['parameters', Object.keys(parameters).length > 0 ? parameters : undefined],
    ['schema of the answer', schema],
    ['tools', tools.length > 0 ? tools : undefined],
  ];
  for (const [name, value] of sent) {
    if (value !== undefined) blocks.push(`${dim(`${name}:`)} ${forTerminal(JSON.stringify(value))}\n`);
  }
  const calls = models.map(({ model, inputTokens, outputTokens, costUsd }) => {
    const price = costUsd === null ? 'price unknown' : `about ${money(costUsd)}`;
    return dim(`${forTerminal(model)}: about ${inputTokens} tokens in, at most ${outputTokens} out, ${price}\n`);
  });
  return [...blocks, calls.join('')].join('\n');
}
