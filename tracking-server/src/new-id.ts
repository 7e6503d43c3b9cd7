import { randomUUID } from 'node:crypto'

/** Of runs, models and data sets: 32 hexadecimal digits, as MLflow makes them. */
export const newId = () => randomUUID().replaceAll('-', '')
