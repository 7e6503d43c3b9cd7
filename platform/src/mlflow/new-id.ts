import { randomUUID } from 'node:crypto'

/** 32 hexadecimal digits, MLflow's format of ids. Taken from a UUID, because Node buffers random bytes for those. */
export function newId(): string {
  const id = randomUUID()
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24)
}
