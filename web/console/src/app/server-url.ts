/** The address of this server, perhaps below a path, for clients in other languages. */
export const serverUrl = () => new URL('.', location.href).href.replace(/\/$/, '')
