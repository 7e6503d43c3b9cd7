/** Replaces the password of a URL, which may contain `@` itself. */
export const maskedUrl = (url: string) => url.replace(/(:\/\/[^:/@]*):[^@]*@(?:[^/?#]*@)?/, '$1:***@')
