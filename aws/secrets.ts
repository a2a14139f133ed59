// Private keys in Secrets Manager.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import type { Cloud } from '../core/cloud.ts'
import { AppError } from '../core/errors.ts'
import { isNamed, sending } from './errors.ts'

/** With `keyId` the secrets are encrypted by that KMS key, else by AWS's own. */
export function secrets(
  config: SecretsManagerClientConfig,
  keyId?: string,
): Pick<Cloud, 'createSecret' | 'deleteSecret'> {
  const client = new SecretsManagerClient(config)
  return {
    async createSecret(name, value, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
      try {
        const { ARN } = await sending(
          client.send(
            new CreateSecretCommand({
              Name: name,
              SecretString: value,
              Tags,
              ...(keyId ? { KmsKeyId: keyId } : {}),
            }),
          ),
        )
        return ARN as string
      } catch (error) {
        if (isNamed(error, 'ResourceExistsException'))
          throw new AppError('Conflict', `The secret ${name} exists already.`, { cause: error })
        throw error
      }
    },

    async deleteSecret(name) {
      try {
        // The name is of one deployment and never comes again, so nobody could want it back.
        await sending(
          client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })),
        )
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error
      }
    },
  }
}
