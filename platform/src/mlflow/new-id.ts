import { randomUUID } from 'node:crypto'

/** Returns an id in MLflow's format, 32 hexadecimal digits. Uses a UUID, because Node buffers random bytes for UUIDs. */
export function newId(): string {
  const id = randomUUID()
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24)
}
