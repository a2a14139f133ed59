// Why a cluster could not be built, in ParallelCluster's codes.
// https://docs.aws.amazon.com/parallelcluster/latest/ug/troubleshooting-v3-cluster-deployment.html
export type FailureCode =
  | 'ClusterCreationFailure'
  | 'HeadNodeBootstrapFailure'
  | 'ResourceCreationFailure'
  | 'OnNodeStartExecutionFailure'
  | 'OnNodeConfiguredExecutionFailure'

export class BuildFailure extends Error {
  readonly failureCode: FailureCode

  constructor(failureCode: FailureCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.name = 'BuildFailure'
    this.failureCode = failureCode
  }
}

const scriptCodes: [start: string, code: FailureCode][] = [
  ['The OnNodeStart script', 'OnNodeStartExecutionFailure'],
  ['The OnNodeConfigured script', 'OnNodeConfiguredExecutionFailure'],
]

/** CloudFormation keeps a short reason only, so the code comes first. */
export function failureReason(clusterName: string, status: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  // ParallelCluster has codes for what kept a cluster from being made only.
  if (status !== 'CREATE_FAILED') return `${clusterName}: ${status}: ${message}`.slice(0, 1000)
  const code =
    error instanceof BuildFailure
      ? error.failureCode
      : (scriptCodes.find(([start]) => message.startsWith(start))?.[1] ?? 'ClusterCreationFailure')
  return `${clusterName}: ${status} (${code}): ${message}`.slice(0, 1000)
}
