// The service quotas that clusters meet, by Service Quotas' own codes and names:
// `aws service-quotas list-aws-default-service-quotas --service-code ec2`.

type Quota = {
  service: string
  code: string
  name: string
  unit?: string
  /** What AWS's documentation says, for where Service Quotas does not know the quota. */
  documented?: number
}

export const quotas = {
  vpcs: { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region' },
  endpoints: { service: 'vpc', code: 'L-29B6F2EB', name: 'Interface VPC endpoints per VPC' },
  subnets: { service: 'vpc', code: 'L-407747CB', name: 'Subnets per VPC' },
  stacks: { service: 'cloudformation', code: 'L-0485CB21', name: 'Stack count' },
  lustre: { service: 'fsx', code: 'L-FD6F2F22', name: 'Lustre Persistent_2 file systems' },
  lustreStorage: {
    ...{ service: 'fsx', code: 'L-8F1B9C74', name: 'Lustre Persistent_2 storage capacity' },
    unit: ' GiB',
  },
  accessPoints: {
    ...{ service: 'elasticfilesystem', code: 'L-4CCB99B3', name: 'Access points per file system' },
    // EFS user guide, "Creating access points", in November 2026.
    documented: 10_000,
  },
  mountTargets: {
    ...{ service: 'elasticfilesystem', code: 'L-7391004C', name: 'Mount targets per VPC' },
    // EFS user guide, "Amazon EFS quotas"; what it said first, and later versions say more.
    documented: 400,
  },
  standardVcpus: { service: 'ec2', code: 'L-1216C47A', name: 'Running On-Demand Standard instances' },
  hpcVcpus: { service: 'ec2', code: 'L-F7808C92', name: 'Running On-Demand HPC instances' },
  gVcpus: { service: 'ec2', code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances' },
  pVcpus: { service: 'ec2', code: 'L-417A185B', name: 'Running On-Demand P instances' },
  xVcpus: { service: 'ec2', code: 'L-7295265B', name: 'Running On-Demand X instances' },
} as const satisfies Record<string, Quota>
export type QuotaName = keyof typeof quotas

export const quotaOf = (name: QuotaName): Quota => quotas[name]

export const raise = (name: QuotaName): string =>
  `Ask for more of ${quotas[name].service} ${quotas[name].code} in Service Quotas.`
