let connected = false

/** Returns whether the event stream is connected. Pages poll while it is not. */
export const isStreamConnected = () => connected

export function setStreamConnected(now: boolean) {
  connected = now
}
