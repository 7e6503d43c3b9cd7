/** A URL as it may be shown: without the password that it holds, which may hold an `@` itself. */
export const maskedUrl = (url: string) => url.replace(/(:\/\/[^:/@]*):[^@]*@(?:[^/?#]*@)?/, '$1:***@')
