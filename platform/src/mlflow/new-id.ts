import { randomUUID } from 'node:crypto'

/** 32 hexadecimal digits, as MLflow names runs, models and data sets. Of a UUID, because Node makes those from a pool. */
export const newId = () => randomUUID().replaceAll('-', '')
