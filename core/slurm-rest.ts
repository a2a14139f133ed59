// What stacks, security groups and the local site must agree on of Slurm's REST API.

/**
 * The port of slurmrestd on every head node. ParallelCluster's slurmctld takes 6820 to 6829, slurmd 6818 and slurmdbd
 * 6819; nothing of Slurm, NFS, Lustre or EFA uses this one.
 */
export const slurmRestPort = 6830
