// The connection that a command asks for when it runs: help and offline commands load none of this and need no settings.
import type { Command } from 'commander'
import type { ApiClient } from './client.ts'
import type { Settings, SettingsOptions } from './settings.ts'
import type { Terminal } from './terminal.ts'

/** Throws `InvalidRequest` that says what to set. */
export async function connect(
  terminal: Terminal,
  command: Command,
): Promise<{ client: ApiClient; settings: Settings }> {
  const [{ settingsOf }, { apiClient }] = await Promise.all([import('./settings.ts'), import('./client.ts')])
  const settings = settingsOf(command.optsWithGlobals<SettingsOptions>(), terminal)
  return { client: apiClient(settings), settings }
}
