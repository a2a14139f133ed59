// What everybody who has to do with Slurm's REST API must agree on.

/**
 * The port of slurmrestd on every head node. ParallelCluster's slurmctld takes 6820 to 6829, slurmd 6818 and slurmdbd
 * 6819; nothing of Slurm, NFS, Lustre or EFA uses this one.
 */
export const slurmRestPort = 6830

/** Where a head node keeps the identity provider's keys, as slurm-rest.yaml of cluster-configs tells Slurm. */
export const jwksFile = '/opt/slurm/etc/jwks.json'
