// Beside the policies, not among them: who words a refusal need not load what judges it.

/** What a caller can do about a change that is refused. */
export const remedies: Record<'needsStop' | 'impossible', string> = {
  needsStop:
    'ParallelCluster changes it only while the compute fleet is stopped. Leave it as it is, or delete the cluster and create it anew',
  impossible:
    'ParallelCluster cannot change it on a running cluster. Leave it as it is, or delete the cluster and create it anew',
}
