// Where a cluster keeps its files: as on a ParallelCluster head node, below a prefix. The prefix is empty for a
// cluster with a root file system of its own, and the cluster's folder where everything runs as an ordinary user.

export type Layout = ReturnType<typeof layoutAt>

export const layoutAt = (prefix: string) => ({
  slurmConf: `${prefix}/etc/slurm/slurm.conf`,
  jwks: `${prefix}/etc/slurm/jwks.json`,
  slurmdbdConf: `${prefix}/etc/slurm/slurmdbd.conf`,
  programs: `${prefix}/opt/slurm/local`,
  stateSave: `${prefix}/var/spool/slurm.state`,
  slurmdSpool: `${prefix}/var/spool/slurmd`,
  log: `${prefix}/var/log`,
  run: `${prefix}/run/slurm`,
  nodeRequests: `${prefix}/run/slurm/nodes`,
  mungeKey: `${prefix}/etc/munge/munge.key`,
  mungeRun: `${prefix}/run/munge`,
  mungeSocket: `${prefix}/run/munge/munge.socket.2`,
  mungeState: `${prefix}/var/lib/munge`,
  mungeLog: `${prefix}/var/log/munge`,
  sshdConfig: `${prefix}/etc/ssh/sshd_config`,
  sshHostKey: `${prefix}/etc/ssh/ssh_host_ed25519_key`,
  sshdPid: `${prefix}/run/sshd.pid`,
})
