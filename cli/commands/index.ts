// Every command, in the order of `--help`.
import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'
import { auditCommand } from './audit.ts'
import { createCommand } from './create.ts'
import { deleteCommand } from './delete.ts'
import { eventsCommand } from './events.ts'
import { getCommand } from './get.ts'
import { listCommand } from './list.ts'
import { orphansCommand } from './orphans.ts'
import { preflightCommand } from './preflight.ts'
import { renderCommand } from './render.ts'
import { rotateKeysCommand } from './rotate-keys.ts'
import { sshCommand } from './ssh.ts'
import { tiersCommand } from './tiers.ts'
import { tokenCommand } from './token.ts'
import { updateCommand } from './update.ts'
import { usageCommand } from './usage.ts'
import { validateCommand } from './validate.ts'
import { versionCommand } from './version.ts'
import { waitCommand } from './wait.ts'

export const commands: readonly ((terminal: Terminal) => Command)[] = [
  createCommand,
  listCommand,
  getCommand,
  waitCommand,
  sshCommand,
  tokenCommand,
  eventsCommand,
  updateCommand,
  rotateKeysCommand,
  deleteCommand,
  usageCommand,
  auditCommand,
  tiersCommand,
  renderCommand,
  validateCommand,
  preflightCommand,
  orphansCommand,
  versionCommand,
]
