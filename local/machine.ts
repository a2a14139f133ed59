// What this machine must have for real Slurm clusters, and how the missing part is installed.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'

/** The programs that the Slurm site runs, and the Debian packages they come from. */
const programs: readonly (readonly [program: string, debianPackage: string])[] = [
  ['slurmctld', 'slurmctld'],
  ['slurmd', 'slurmd'],
  ['sbatch', 'slurm-client'],
  ['slurmdbd', 'slurmdbd'],
  ['slurmrestd', 'slurmrestd'],
  ['mariadbd', 'mariadb-server'],
  ['munged', 'munge'],
  ['sshd', 'openssh-server'],
  ['ssh', 'openssh-client'],
  ['ip', 'iproute2'],
  ['tc', 'iproute2'],
  ['unshare', 'util-linux'],
  ['nsenter', 'util-linux'],
  ['setpriv', 'util-linux'],
]

/** The same for what Slurm loads at run time and packages apart, as it would die without it. */
const plugins: typeof programs = [['auth_jwt.so', 'slurm-wlm-jwt-plugin']]
const pluginFolders = [
  ...(existsSync('/usr/lib') ? readdirSync('/usr/lib') : []).flatMap((folder) =>
    ['slurm-wlm', 'slurm'].map((name) => `/usr/lib/${folder}/${name}`),
  ),
  ...['/usr/lib64/slurm', '/usr/lib/slurm', '/usr/local/lib/slurm', '/opt/slurm/lib/slurm'],
]

export type Machine = {
  isRoot: boolean
  /** Whether `installSlurm` can install what is missing: root on Debian or Ubuntu. */
  canInstall: boolean
  missing: { programs: string[]; packages: string[] }
  /** One line that says what to do, when something is missing that cannot be installed from here. */
  advice?: string
}

// Daemons live in sbin, which the PATH of ordinary users on Debian lacks.
const daemonFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...daemonFolders]
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const isDebianOrUbuntu = (): boolean =>
  existsSync('/etc/os-release') &&
  /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))

export function checkMachine(): Machine {
  const lacking = [
    ...programs.filter(([program]) => findProgram(program) === undefined),
    ...plugins.filter(([file]) => !pluginFolders.some((folder) => existsSync(`${folder}/${file}`))),
  ]
  const missing = {
    programs: lacking.map(([program]) => program),
    packages: [...new Set(lacking.map(([, debianPackage]) => debianPackage))],
  }
  const isRoot = process.getuid?.() === 0
  const canInstall = rootOnDebian()
  if (isRoot && !canIsolate())
    return {
      isRoot,
      canInstall,
      missing,
      advice:
        'Root may not make namespaces here, as in a container without privileges: run it as an ordinary user, or give the container --privileged',
    }
  if (lacking.length === 0 || canInstall) return { isRoot, canInstall, missing }
  const how = isDebianOrUbuntu()
    ? `sudo apt-get install ${missing.packages.join(' ')}`
    : `install Slurm, munge and OpenSSH (${missing.programs.join(', ')})`
  return { isRoot, canInstall, missing, advice: `Real Slurm clusters need more on this machine: ${how}` }
}

/** Whether root may have what each of its clusters gets: unshare(1) tries it. */
function canIsolate(): boolean {
  if (!findProgram('unshare')) return true // it is installed with the rest
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--fork']
  return (
    spawnSync('unshare', [...namespaces, 'mount', '--make-rprivate', '/'], { stdio: 'ignore' }).status === 0
  )
}

// Debian starts a daemon when its package is installed, unless policy-rc.d says no (deb-systemd-invoke(1p),
// invoke-rc.d(8)). Ours is removed on exit, and so is one that a killed run left; a foreign one stays.
// A daemon that systemd would start at the next boot is disabled again: nobody asked for an SSH server.
const installScript = `
set -eu
policy=/usr/sbin/policy-rc.d
mark='# parallelcluster-provisioner: no daemon starts while its package is installed'
if [ -e $policy ] && grep -qF "$mark" $policy; then rm -f $policy; fi
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" > $policy
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update
apt-get -qy -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
if [ -d /run/systemd/system ]; then
  for package in "$@"; do
    case $package in
      openssh-server) systemctl disable ssh.service ssh.socket || true ;;
      mariadb-server) systemctl disable mariadb.service || true ;;
      munge | slurmctld | slurmd | slurmdbd | slurmrestd) systemctl disable $package.service || true ;;
    esac
  done
fi
`

const rootOnDebian = (): boolean =>
  process.getuid?.() === 0 && isDebianOrUbuntu() && findProgram('apt-get') !== undefined

/** Python with venv, which the emulator is installed by. Instant where it is there. */
export async function installPython(progress: (line: string) => void): Promise<void> {
  // Debian parts venv from Python, and only ensurepip tells that it is missing.
  const works = () => spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0
  if (works()) return
  if (rootOnDebian()) {
    progress("Installing python3-venv from the distribution's packages")
    await runInstall(['python3-venv'], progress)
  }
  if (!works())
    throw new Error(
      'The emulator needs Python 3.10 or newer with venv (Debian, Ubuntu: apt-get install python3-venv).',
    )
}

/** Installs what `checkMachine` found missing. Instant when nothing is. */
export async function installSlurm(machine: Machine, progress: (line: string) => void): Promise<void> {
  const { packages } = machine.missing
  if (packages.length === 0) return
  if (!machine.canInstall) throw new Error(machine.advice)
  progress(`Installing ${packages.join(', ')} from the distribution's packages`)
  await runInstall(packages, progress)
  const left = checkMachine().missing.programs
  if (left.length > 0)
    throw new Error(`The packages were installed, but ${left.join(', ')} are still not there.`)
}

function runInstall(packages: string[], progress: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const apt = spawn('/bin/sh', ['-c', installScript, 'install-slurm', ...packages], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let lastLine = ''
    const read = (chunk: Buffer) => {
      for (const line of chunk
        .toString()
        .split('\n')
        .filter((text) => text.trim() !== '')) {
        lastLine = line.trim()
        if (/^(Setting up|Get:|Need to get)/.test(lastLine)) progress(lastLine)
      }
    }
    apt.stdout.on('data', read)
    apt.stderr.on('data', read)
    apt.on('error', reject)
    apt.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`apt-get could not install ${packages.join(' ')}: ${lastLine}`)),
    )
  })
}
