// The services whose endpoints are routes, not addresses: they need no name of their own, and have a quota of their own.
export const gatewayServices = ['s3', 'dynamodb'] as const

export const isGateway = (service: string): boolean =>
  (gatewayServices as readonly string[]).includes(service)
