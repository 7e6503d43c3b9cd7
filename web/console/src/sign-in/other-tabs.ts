let channel: BroadcastChannel | undefined

/** Connects the tabs of this browser that show this server. One connection, as a page gets no messages from its own. */
const connect = () => (channel ??= new BroadcastChannel(`cairn user ${location.pathname}`))

/** Tells the other tabs who has signed in. @param name null after a sign-out */
export const noteUser = (name: string | null) => connect().postMessage(name)

/** Calls a function with the name of the user who has signed in in another tab, and with null after a sign-out there. */
export const onUserElsewhere = (act: (name: string | null) => void) =>
  connect().addEventListener('message', ({ data }: MessageEvent<string | null>) => act(data))
