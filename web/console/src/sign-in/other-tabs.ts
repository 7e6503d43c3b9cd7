/** Connects the tabs of this browser that show this server. */
const connect = () => new BroadcastChannel(`cairn sign-out ${location.pathname}`)

/** Tells the other tabs that the user has signed out. */
export function noteSignOut(): void {
  const channel = connect()
  channel.postMessage(null)
  channel.close()
}

/** Calls a function when the user has signed out in another tab. */
export const onSignOutElsewhere = (act: () => void) => connect().addEventListener('message', act)
