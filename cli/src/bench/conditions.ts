import { fileURLToPath } from 'node:url'
import {
  commitIn,
  type MeasurementConditions,
  measurementConditions,
} from '@cairn/platform/statistics/measurement-conditions'
import { VERSION } from '../version.js'

/** The conditions of this run; outside of a clone with the version as the commit. */
export const conditions = (): MeasurementConditions =>
  measurementConditions(
    'cairn',
    commitIn(fileURLToPath(new URL('.', import.meta.url))) ?? `version ${VERSION}`,
  )
