// The CLI: a command line in, an exit status out.
import { Command, CommanderError } from 'commander'
import { commands } from './commands/index.ts'
import { badUsage } from './exit-status.ts'
import { packageVersion } from './package-version.ts'
import { reportError } from './report-error.ts'
import { processTerminal, type Terminal } from './terminal.ts'

export async function main(args: readonly string[]): Promise<void> {
  // A reader that has enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  // Not process.exit: a pipe may still be taking the answer.
  process.exitCode = await run(args, processTerminal())
}

export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = programOf(terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return terminal.exitStatus
  } catch (error) {
    // Help and versions end this way too; commander has said what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badUsage
    return reportError(error, terminal, program.opts().json === true)
  }
}

function programOf(terminal: Terminal): Command {
  const program = new Command('hpc-provisioner')
    .description('Private Slurm clusters on demand, one for each project.')
    .option('--json', "print the API's JSON, one document")
    .option('--api-url <url>', 'the API, with its stage (environment: HPC_PROVISIONER_API_URL)')
    .option('--region <region>', 'its AWS region (environment: AWS_REGION)')
    .version(packageVersion(), '-V, --version', 'print the version of this program')
    .addHelpText('after', examples)
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
  for (const make of commands) program.addCommand(make(terminal).copyInheritedSettings(program))
  return program
}

const examples = `
Requests are signed with the ordinary AWS credentials (AWS_PROFILE, environment, SSO, instance role). Without an API
given, the one that "npm start" runs on this machine is used.

Examples:
  $ hpc-provisioner create my-lab my-project --wait
  $ hpc-provisioner ssh my-lab/my-project -- sinfo
  $ hpc-provisioner list --json
  $ hpc-provisioner delete my-lab/my-project`
