// One structured logger for every function. What it is given is written: never give it a key.
import { Logger } from '@aws-lambda-powertools/logger'

export const logger = new Logger({ serviceName: 'hpc-provisioner' })
