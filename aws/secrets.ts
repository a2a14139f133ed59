// Private keys and passwords in Secrets Manager.
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import type { Cloud } from '../core/cloud.ts'
import { AppError } from '../core/errors.ts'
import { isNamed, sending } from './errors.ts'

type Secrets = Pick<Cloud, 'createSecret' | 'deleteSecret' | 'getSecretState'> & {
  /** The text of the secret, by name or ARN. */
  readSecret(id: string): Promise<string>
  /** A secret that is known to be there, and holds a password. */
  findSecret(name: string): Promise<{ arn: string; password: string }>
}

/** With `keyId` the secrets are encrypted by that KMS key, else by AWS's own. */
export function secrets(config: SecretsManagerClientConfig, keyId?: string): Secrets {
  const client = new SecretsManagerClient(config)
  return {
    async readSecret(id) {
      const { SecretString = '' } = await sending(client.send(new GetSecretValueCommand({ SecretId: id })))
      return SecretString
    },

    async findSecret(name) {
      const { ARN = '', SecretString = '' } = await sending(
        client.send(new GetSecretValueCommand({ SecretId: name })),
      )
      return { arn: ARN, password: SecretString }
    },

    async getSecretState(name) {
      try {
        const { DeletedDate } = await sending(client.send(new DescribeSecretCommand({ SecretId: name })))
        return DeletedDate ? 'leaving' : 'there'
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return 'absent'
        throw error
      }
    },

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
