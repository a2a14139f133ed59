// The start of every command: its name, its one line, its examples, and the options that all of them read.
import { Command } from 'commander'

/** The options of the program itself, which a command sees with `optsWithGlobals`. */
export type GlobalOptions = { json?: boolean; apiUrl?: string; region?: string }

export const command = (name: string, summary: string, examples: readonly string[]): Command =>
  new Command(name)
    .description(summary)
    .addHelpText(
      'after',
      `\nExamples:\n${examples.map((example) => `  $ hpc-provisioner ${example}`).join('\n')}`,
    )
