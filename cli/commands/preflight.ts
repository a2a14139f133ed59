// Is the deployed account fit for clusters? Looked at now, with what to do about each finding.
import type { Command } from 'commander'
import type { PreflightReport } from '../../core/preflight/report.ts'
import { command, type GlobalOptions } from '../command.ts'
import { connect } from '../connect.ts'
import { json, printable } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export const preflightCommand = (terminal: Terminal): Command =>
  command('preflight', 'Check that the deployed account is fit for clusters.', [
    'preflight',
    "preflight --json | jq -r '.findings[].code'",
  ]).action(async (_: unknown, self: Command) => {
    const { client } = await connect(terminal, self)
    const report = await client.call('getPreflight', {})
    terminal.out(self.optsWithGlobals<GlobalOptions>().json ? json(report) : told(report))
    if (!report.passed) terminal.exitStatus = 1
  })

function told({ site, checks, findings, passed }: PreflightReport): string {
  const lines = findings.flatMap(({ level, code, message, action }) => [
    `${level} ${message} (${code})`,
    `  ${action}`,
  ])
  const end = `${site}: ${passed ? 'fit for clusters' : 'not fit for clusters'} (looked at ${checks.join(', ')})`
  return `${[...lines, end].map(asLine).join('\n')}\n`
}

/** Keeps what is indented so. */
const asLine = (text: string): string =>
  text.replace(/^( *)(.*)$/s, (_, indent, rest) => indent + printable(rest))
