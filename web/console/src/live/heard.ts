let heard = false

/** Whether changes are heard as they happen; while they are not, pages ask from time to time. */
export const isHeard = () => heard

export function setHeard(now: boolean) {
  heard = now
}
