// Renders sshd_config for a head node.
import type { Layout } from './layout.ts'

export type SshdConfig = {
  layout: Layout
  address: string
  port: number
  /** Files with further settings, which the node scripts write; the first value that sshd reads counts. */
  include?: string
  authorizedKeysFile: string
  environment: Record<string, string>
  /** sshd checks owners up to the root folder, which an ordinary user's folders do not pass. */
  strictModes: boolean
}

export const renderSshdConfig = ({ layout, ...sshd }: SshdConfig): string =>
  [
    ...(sshd.include ? [`Include ${sshd.include}`] : []),
    `Port ${sshd.port}`,
    `ListenAddress ${sshd.address}`,
    `HostKey ${layout.sshHostKey}`,
    `PidFile ${layout.sshdPid}`,
    `AuthorizedKeysFile ${sshd.authorizedKeysFile}`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin no',
    // Without PAM nothing of the machine's own login rules, logs or sessions is touched.
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'MaxStartups 50:30:200',
    `StrictModes ${sshd.strictModes ? 'yes' : 'no'}`,
    `SetEnv ${Object.entries(sshd.environment)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n')
