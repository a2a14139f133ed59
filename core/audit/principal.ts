// Whose an entry of the audit trail is.

/**
 * The signer without the session that a role was taken on in, which is another one each time. A role by its own ARN is the
 * same signer: sessions are named without its path (IAM user guide, "IAM identifiers").
 */
export const principalOf = (caller: string): string =>
  caller
    .replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1')
    .replace(/^(arn:[^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/, '$1:sts::$2:assumed-role/$3')
