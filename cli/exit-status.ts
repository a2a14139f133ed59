// The exit statuses: those of the API's errors, and a few that only a command line has.
import { type ErrorCode, errorCodes } from '../core/errors.ts'

export const exitStatusOf = (code: ErrorCode): number => errorCodes[code].exit

/** A command line that cannot be understood counts as an invalid request. */
export const badUsage = errorCodes.InvalidRequest.exit
export const declined = 1
export const clusterFailed = 7
export const timedOut = 8
/** What shells answer for a program that a signal ended. */
export const endedBySignal = (signalNumber: number): number => 128 + signalNumber
