import { randomUUID } from 'node:crypto'

/** 32 hexadecimal digits, MLflow's format of ids. Taken from a UUID, because Node buffers random bytes for those. */
export const newId = () => randomUUID().replaceAll('-', '')
