/**
 * The `payonce` command line, over the HTTP API alone: it can do nothing that a key could not. Only `doctor`
 * looks past the API, at what one would need. Exit codes are 0, 1 for what was refused, and 2 for a wrong command line or environment.
 */
import { Command, CommanderError } from 'commander';
import type { Environment } from '../config/config.ts';
import { createApiClient } from './api-client.ts';
import { addBooksCommands } from './books-commands.ts';
import { addChangeCommands } from './change-commands.ts';
import { addCustomerCommands } from './customer-commands.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addReadCommands } from './read-commands.ts';
import { Refusal, UsageError } from './refusal.ts';
import { createSession } from './session.ts';
import { addSettlementCommands } from './settlement-commands.ts';
import { targetOf } from './target.ts';

const REFUSED = 1;
const MISUSED = 2;

const ENVIRONMENT = `
Environment:
  PAYONCE_URL, PAYONCE_API_KEY  the API and the secret of a key, scope support or ops for most;
                                without them, the stack that npm start runs on DATA_DIR`;

export interface Terminal {
  env: Environment;
  out: (text: string) => void;
  err: (text: string) => void;
  /** Writes a text without a line break; as `out` where absent. */
  write?: (text: string) => void;
  /** Shows one line in place of the last one; nothing is shown where absent. */
  progress?: (text: string) => void;
}

/** Runs one command line, without the program's name; answers the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said itself what was wrong, or shown its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    if (!(error instanceof Refusal || error instanceof UsageError)) throw error;
    terminal.err(`payonce: ${error.message}`);
    return error instanceof UsageError ? MISUSED : REFUSED;
  }
}

function createProgram({ env, out, err, write, progress }: Terminal): Command {
  const program = new Command('payonce')
    .description('Look at orders, and decide what only a person can decide.')
    .option('--json', 'print what the API answered, for scripts')
    .addHelpText('after', ENVIRONMENT)
    .configureOutput({
      writeOut: (text) => out(text.trimEnd()),
      writeErr: (text) => err(text.trimEnd()),
    })
    .showHelpAfterError('See payonce --help, or --help after the command.')
    .exitOverride();
  const session = () =>
    createSession(createApiClient(targetOf(env)), {
      asJson: program.opts().json === true,
      out,
      write,
      progress,
    });
  addReadCommands(program, session);
  addCustomerCommands(program, session);
  addChangeCommands(program, session);
  addSettlementCommands(program, session);
  addBooksCommands(program, session);
  addDoctorCommand(program, { env, out });
  return program;
}
