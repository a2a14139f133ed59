// What deployments left behind in the account: found by tag, deleted one by one.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Cloud } from '../core/cloud.ts'
import type { OrphanKind } from '../core/orphans/report.ts'
import type { Leftovers } from '../core/orphans/sweep-orphans.ts'
import type { Site } from '../core/site.ts'
import { config, findOrphans } from './find-orphans.ts'
import type { Tables } from './records.ts'
import { removeOrphan } from './remove-orphans.ts'

type Place = { cloud: Cloud; site: Site; tables: Tables; kinds: readonly OrphanKind[] }

export function leftovers({ cloud, site, tables, kinds }: Place): Leftovers {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const finders = findOrphans({ site, slotsTable: tables.slots, client })
  return {
    kinds,
    find: (kind) => finders[kind](),
    remove: removeOrphan({ site, tables, client, cloud }),
  }
}
