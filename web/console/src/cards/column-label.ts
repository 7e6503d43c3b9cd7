import { metricLabel } from '../metrics/metric-name.js'
import { keyOf } from './run-values.js'

/** The name of a column on an axis: metrics have short names. */
export const columnLabel = (id: string) => (id.startsWith('metrics.') ? metricLabel(keyOf(id)) : keyOf(id))
